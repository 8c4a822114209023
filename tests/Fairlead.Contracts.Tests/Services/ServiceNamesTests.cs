using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Tests.Services;

public sealed class ServiceNamesTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("iris-onnx-2")]
    [InlineData("a1234567890123456789012345678901")]
    public void Validate_NameWithinTheRule_Passes(string name)
    {
        ServiceNames.Validate(name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Iris")]
    [InlineData("1iris")]
    [InlineData("-iris")]
    [InlineData("iris_onnx")]
    [InlineData("iris.onnx")]
    [InlineData("irís")]
    [InlineData("a12345678901234567890123456789012")]
    public void Validate_NameOutsideTheRule_NamesFieldValueAndRule(string? name)
    {
        var error = Assert.Throws<FairleadException>(() => ServiceNames.Validate(name)).Error;

        Assert.Equal((ErrorCodes.InvalidArgument, 400), (error.Code, error.StatusCode));
        Assert.Contains("'name'", error.Message, StringComparison.Ordinal);
        Assert.Contains(name is null ? "missing" : $"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(ServiceNames.Rule, error.Message, StringComparison.Ordinal);
    }
}
