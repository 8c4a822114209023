namespace Fairlead.Client.Blobs;

/// <summary>How far an upload or download has come. Reported from several threads, one at a time.</summary>
/// <param name="HashedBytes">Read and hashed so far.</param>
/// <param name="TotalBytes">Size of all files.</param>
/// <param name="TransferredBytes">Sent or received so far.</param>
/// <param name="BytesToTransfer">To be sent or received; less than the total when the other side has some already,
/// null while that is not known.</param>
public sealed record TransferProgress(long HashedBytes, long TotalBytes, long TransferredBytes, long? BytesToTransfer);
