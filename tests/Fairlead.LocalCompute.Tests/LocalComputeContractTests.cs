using Fairlead.LocalCompute.Tests.Contract;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests;

public sealed class LocalComputeContractTests : ComputeTargetContract
{
    private protected override async Task<ComputeTargetUnderTest> StartAsync() => await LocalComputeUnderTest.StartAsync();
}
