using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Client.Configuration;

/// <summary>Finds settings that cannot work, before anything is sent (§1.5).</summary>
public static class DeploymentValidation
{
    /// <exception cref="FairleadException"><c>InvalidArgument</c> with every wrong setting as a detail.</exception>
    public static void Validate(this DeploymentSettings s)
    {
        var problems = new List<ErrorDetail>();
        if (s.AuthEnabled == true && s.TokenAuthEnabled == true)
        {
            Add("token-auth-enabled", "auth-enabled and token-auth-enabled cannot both be true; choose keys or tokens");
        }

        if (s.TokenIssuers is { Count: > 0 } issuers)
        {
            problems.AddRange(TokenIssuer.Problems(issuers, "tokenIssuers"));
            if (s.TokenAuthEnabled == false || s.AuthEnabled == true)
            {
                Add("token-issuer", "token issuers are given for a service that takes no tokens; give token-auth-enabled true");
            }
        }

        if (s.AutoscaleMinReplicas is { } min && s.AutoscaleMaxReplicas is { } max && min > max)
        {
            Add("autoscale-min-replicas", $"autoscale-min-replicas is {min}, above autoscale-max-replicas {max}; give min <= max");
        }

        if (s.NumReplicas > 0 && s.AutoscaleEnabled == true)
        {
            Add("num-replicas", $"num-replicas is {s.NumReplicas} with autoscale-enabled true; give one of the two");
        }

        AtLeast("autoscale-min-replicas", s.AutoscaleMinReplicas, 0);
        AtLeast("autoscale-max-replicas", s.AutoscaleMaxReplicas, 1);
        AtLeast("autoscale-refresh-seconds", s.AutoscaleRefreshSeconds, 1);
        AtLeast("num-replicas", s.NumReplicas, 0);
        AtLeast("scoring-timeout-ms", s.ScoringTimeoutMs, 1);
        AtLeast("replica-max-concurrent-requests", s.ReplicaMaxConcurrentRequests, 1);
        AtLeast("max-request-wait-time", s.MaxRequestWaitTimeMs, 0);
        AtLeast("gpu-cores", s.GpuCores, 0);
        AtLeast("period-seconds", s.PeriodSeconds, 1);
        AtLeast("initial-delay-seconds", s.InitialDelaySeconds, 0);
        AtLeast("timeout-seconds", s.TimeoutSeconds, 1);
        AtLeast("success-threshold", s.SuccessThreshold, 1);
        AtLeast("failure-threshold", s.FailureThreshold, 1);
        Positive("cpu-cores", s.CpuCores);
        Positive("cpu-cores-limit", s.CpuCoresLimit);
        Positive("memory-gb", s.MemoryGb);
        Positive("memory-gb-limit", s.MemoryGbLimit);
        if (s.AutoscaleTargetUtilization is < 1 or > 100)
        {
            Add("autoscale-target-utilization", $"autoscale-target-utilization is {s.AutoscaleTargetUtilization}, but must be 1 to 100");
        }

        NotBelow("cpu-cores-limit", s.CpuCoresLimit, "cpu-cores", s.CpuCores);
        NotBelow("memory-gb-limit", s.MemoryGbLimit, "memory-gb", s.MemoryGb);
        if (problems.Count > 0)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.InvalidArgument, 400, string.Join("; ", problems.Select(problem => problem.Message)), problems));
        }

        void Add(string field, string message) => problems.Add(new ErrorDetail(ErrorCodes.InvalidArgument, message, field));

        void AtLeast(string field, int? value, int least)
        {
            if (value < least)
            {
                Add(field, $"{field} is {value}, but must be {least} or more");
            }
        }

        void Positive(string field, double? value)
        {
            if (value is <= 0 or double.NaN or double.PositiveInfinity)
            {
                Add(field, FormattableString.Invariant($"{field} is {value}, but must be above 0"));
            }
        }

        void NotBelow(string field, double? limit, string requestField, double? request)
        {
            if (limit < request)
            {
                Add(field, FormattableString.Invariant($"{field} is {limit}, below {requestField} {request}"));
            }
        }
    }
}
