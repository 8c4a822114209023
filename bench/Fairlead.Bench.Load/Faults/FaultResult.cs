using Fairlead.Bench.Load.Model;

namespace Fairlead.Bench.Load.Faults;

/// <summary>A fault and what it cost.</summary>
/// <param name="Name">The fault.</param>
/// <param name="Requests">All that were sent.</param>
/// <param name="Inside">Errors named, of those that were in what was killed or hung.</param>
/// <param name="Failed">Errors of all others.</param>
/// <param name="Note">Anything else that was seen.</param>
internal sealed record FaultResult(
    string Name, IReadOnlyCollection<Request> Requests, IReadOnlyList<Request> Inside, IReadOnlyList<Request> Failed, string Note)
{
    public int Moved => Requests.Count(static request => request.Moved);

    public double Quantile(double share) =>
        Sample.Quantile([.. Requests.Where(static request => request.Error is null).Select(static request => (request.Ended - request.Sent) * 1000)], share);

    public string Reasons => string.Join(", ", Inside.Concat(Failed).CountBy(static request => request.Error!).Select(static pair => $"{pair.Value} x {pair.Key}"));
}
