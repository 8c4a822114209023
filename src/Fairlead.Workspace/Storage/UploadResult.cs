namespace Fairlead.Workspace.Storage;

/// <summary>How far an upload came.</summary>
/// <param name="IsWhole">The blob is stored and verified.</param>
/// <param name="Offset">Bytes held.</param>
/// <param name="IsMismatch">Nothing was taken: the bytes did not begin at <paramref name="Offset"/>.</param>
internal readonly record struct UploadResult(bool IsWhole, long Offset, bool IsMismatch = false);
