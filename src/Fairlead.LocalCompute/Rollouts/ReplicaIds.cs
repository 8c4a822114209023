using System.Globalization;
using System.Security.Cryptography;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Logs;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>Names replicas: <c>iris-3-x7k2p</c>.</summary>
internal static class ReplicaIds
{
    // Kubernetes' alphabet: no vowels, so no words; nothing that looks like something else.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string Next(ScoringService service) =>
        Prefix(service) + "-" + RandomNumberGenerator.GetString(Alphabet, 5);

    /// <summary>The name under which a generation's preparation logs.</summary>
    public static string OfInit(ScoringService service) => Prefix(service) + ServiceLog.InitSuffix;

    private static string Prefix(ScoringService service) =>
        string.Create(CultureInfo.InvariantCulture, $"{service.Name}-{service.Generation}");
}
