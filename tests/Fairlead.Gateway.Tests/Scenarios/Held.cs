using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Scenarios;

/// <summary>Replicas that answer when the test says so.</summary>
internal sealed class Held
{
    private readonly TaskCompletionSource _let = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Let() => _let.TrySetResult();

    public Task AnswerAsync(HttpContext context) => _let.Task.WaitAsync(context.RequestAborted);
}
