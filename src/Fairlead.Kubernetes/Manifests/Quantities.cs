using System.Globalization;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>Writes quantities as the API server does, so that what is read back compares equal.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, long Size)[] Units = [("Gi", 1L << 30), ("Mi", 1L << 20), ("Ki", 1L << 10)];

    /// <summary>Cores, to the thousandth, at least one of them.</summary>
    public static string Cores(double cores)
    {
        var thousandths = Math.Max(1, (long)Math.Round(cores * 1000));
        return thousandths % 1000 == 0 ? Text(thousandths / 1000) : Text(thousandths) + "m";
    }

    /// <summary>A GB is 2^30 bytes, as on local compute.</summary>
    public static string Gigabytes(double gigabytes)
    {
        var bytes = Math.Max(1, (long)Math.Round(gigabytes * (1L << 30)));
        foreach (var (suffix, size) in Units)
        {
            if (bytes % size == 0)
            {
                return Text(bytes / size) + suffix;
            }
        }

        return Text(bytes);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
