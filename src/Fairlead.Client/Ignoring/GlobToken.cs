namespace Fairlead.Client.Ignoring;

/// <summary>One step of a <see cref="Glob"/>: what it takes from the text.</summary>
internal enum GlobTokenKind
{
    /// <summary>This very byte.</summary>
    Byte,

    /// <summary>One byte of a set.</summary>
    Set,

    /// <summary>Any bytes but slashes.</summary>
    Star,

    /// <summary>Any bytes.</summary>
    Everything,

    /// <summary>Nothing, or any bytes up to a slash: <c>**/</c>.</summary>
    Folders,
}

/// <summary>A step with its byte or set.</summary>
internal readonly record struct GlobToken(GlobTokenKind Kind, byte Byte = 0, bool[]? Set = null);
