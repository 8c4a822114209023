using System.CommandLine;
using Fairlead.Cli.Running;
using Fairlead.Client.Tests.Fakes;

namespace Fairlead.Cli.Tests;

/// <summary>Every flag of v1's model, service and environment commands is taken (§2.2).</summary>
public sealed class ContractFlagsTests
{
    // As the contract lists them: command, then each flag with its alias.
    private const string Contract = """
        model delete: --model-id/-i
        model deploy: --name/-n --auth-enabled/--ae --enable-app-insights/--ai --autoscale-refresh-seconds/--ar --autoscale-enabled/--as --autoscale-target-utilization/--at --autoscale-max-replicas/--ma --autoscale-min-replicas/--mi --base-image/--bi --base-image-registry/--ir --cpu-cores/--cc --cpu-cores-limit/--ccl --conda-file/--cf --collect-model-data/--md --compute-target/--ct --compute-type/--cp --cuda-version/--cv --deploy-config-file/--dc --description --dns-name-label/--dn --extra-docker-file-steps/--ds --environment-directory/--ed --enable-gpu/--eg --entry-script/--es --environment-name/-e --environment-version/--ev --failure-threshold/--ft --memory-gb/--gb --memory-gb-limit/--gbl --gpu-cores/--gc --inference-config-file/--ic --initial-delay-seconds/--id --key-name --key-version --primary-key/--kp --secondary-key/--ks --location/--lo --max-request-wait-time/--mr --model/-m --model-metadata-file/-f --namespace --no-wait --num-replicas/--nr --overwrite --period-seconds/--ps --profile-input/--pi --port/--po --property --replica-max-concurrent-requests/--rm --runtime/--rt --ssl-cname/--sc --scoring-timeout-ms/--tm --source-directory/--sd --ssl-enabled/--se --ssl-key-pem-file/--sk --ssl-cert-pem-file/--sp --success-threshold/--st --subnet-name --tag --timeout-seconds/--ts --token-auth-enabled --traffic-percentile/--tp --vault-base-url --version-name/--vn --vnet-name
        model download: --model-id/-i --target-dir/-t --overwrite
        model list: --dataset-id --latest/-l --model-name/-n --property --run-id --tag
        model register: --name/-n --asset-path --cpu-cores/--cc --description/-d --experiment-name --memory-gb/--gb --gpu-cores/--gc --model-framework --model-framework-version --model-path/-p --output-metadata-file/-t --property --run-id/-r --run-metadata-file/-f --sample-input-dataset-id --sample-output-dataset-id --tag
        model show: --model-id/-i --model-name/-n --run-id --version
        model update: --model-id/-i --add-property --add-tag --cpu-cores/--cc --description --memory-gb/--gb --gpu-cores/--gc --remove-tag --sample-input-dataset-id --sample-output-dataset-id
        service delete: --name/-n
        service get-access-token: --name/-n
        service get-keys: --name/-n
        service get-logs: --name/-n --init/-i --num_lines/-l
        service list: --compute-type/-c --image-digest --model-id --model-name --property --tag
        service regen-key: --key/-k --name/-n --set-key/-s
        service run: --name/-n --input-data/-d
        service show: --name/-n
        service update: --name/-n --add-property --add-tag --auth-enabled/--ae --enable-app-insights/--ai --autoscale-refresh-seconds/--ar --autoscale-enabled/--as --autoscale-target-utilization/--at --autoscale-max-replicas/--ma --autoscale-min-replicas/--mi --base-image/--bi --base-image-registry/--ir --cpu-cores/--cc --cpu-cores-limit/--ccl --conda-file/--cf --collect-model-data/--md --compute-target --cuda-version/--cv --deploy-config-file/--dc --description/-d --dns-name-label/--dn --extra-docker-file-steps/--ds --environment-directory/--ed --enable-gpu/--eg --entry-script/--es --environment-name/-e --environment-version/--ev --failure-threshold/--ft --memory-gb/--gb --memory-gb-limit/--gbl --gpu-cores/--gc --inference-config-file/--ic --initial-delay-seconds/--id --is-migration --primary-key/--kp --secondary-key/--ks --location/--lo --max-request-wait-time/--mr --model/-m --model-metadata-file/-f --no-wait --num-replicas/--nr --period-seconds/--ps --port/--po --remove-tag --replica-max-concurrent-requests/--rm --runtime/--rt --ssl-cname/--sc --scoring-timeout-ms/--tm --source-directory/--sd --ssl-enabled/--se --ssl-key-pem-file/--sk --ssl-cert-pem-file/--sp --success-threshold/--st --timeout-seconds/--ts --token-auth-enabled
        endpoint realtime create-version: --name/-n --version-name/--vn --add-property --add-tag --autoscale-refresh-seconds/--ar --autoscale-enabled/--as --autoscale-target-utilization/--at --autoscale-max-replicas/--ma --autoscale-min-replicas/--mi --cpu-cores/--cc --cpu-cores-limit/--ccl --conda-file/--cf --collect-model-data/--md --is-control-version-type/--cvt --deploy-config-file/--dc --description/-d --environment-directory/--ed --entry-script/--es --environment-name/-e --environment-version/--ev --failure-threshold/--ft --memory-gb/--gb --memory-gb-limit/--gbl --gpu-cores/--gc --inference-config-file/--ic --initial-delay-seconds/--id --is-default --max-request-wait-time/--mr --model/-m --model-metadata-file/-f --no-wait --num-replicas/--nr --period-seconds/--ps --replica-max-concurrent-requests/--rm --scoring-timeout-ms/--tm --source-directory/--sd --success-threshold/--st --timeout-seconds/--ts --traffic-percentile/--tp
        endpoint realtime delete: --name/-n
        endpoint realtime delete-version: --name/-n --version-name/--vn --no-wait
        endpoint realtime get-access-token: --name/-n
        endpoint realtime get-keys: --name/-n
        endpoint realtime get-logs: --name/-n --init/-i --num_lines/-l
        endpoint realtime list: --compute-type/-c --model-id --model-name --property --tag
        endpoint realtime regen-key: --key/-k --name/-n --set-key/-s
        endpoint realtime run: --name/-n --input-data/-d
        endpoint realtime show: --name/-n
        endpoint realtime update: --name/-n --add-property --add-tag --auth-enabled/--ae --enable-app-insights/--ai --description/-d --no-wait --remove-tag --token-auth-enabled
        endpoint realtime update-version: --name/-n --version-name/--vn --add-property --add-tag --autoscale-refresh-seconds/--ar --autoscale-enabled/--as --autoscale-target-utilization/--at --autoscale-max-replicas/--ma --autoscale-min-replicas/--mi --cpu-cores/--cc --cpu-cores-limit/--ccl --conda-file/--cf --collect-model-data/--md --is-control-version-type/--cvt --deploy-config-file/--dc --description/-d --environment-directory/--ed --entry-script/--es --environment-name/-e --environment-version/--ev --failure-threshold/--ft --memory-gb/--gb --memory-gb-limit/--gbl --gpu-cores/--gc --inference-config-file/--ic --initial-delay-seconds/--id --is-default --max-request-wait-time/--mr --model/-m --model-metadata-file/-f --no-wait --num-replicas/--nr --period-seconds/--ps --replica-max-concurrent-requests/--rm --scoring-timeout-ms/--tm --source-directory/--sd --success-threshold/--st --timeout-seconds/--ts --traffic-percentile/--tp
        computetarget list:
        computetarget delete: --name/-n
        computetarget detach: --name/-n
        computetarget get-credentials: --name/-n
        computetarget attach aks: --compute-resource-id/-i --name/-n
        computetarget attach kubernetes: --compute-resource-id/-i --name/-n --namespace
        computetarget update aks: --load-balancer-subnet --load-balancer-type --name/-n --no-wait
        computetarget show: --name/-n
        environment download: --directory/-d --name/-n --output-metadata-file/-t --overwrite --version/-v
        environment list: --output-metadata-file/-t
        environment register: --directory/-d --output-metadata-file/-t
        environment scaffold: --directory/-d --name/-n --output-metadata-file/-t
        environment show: --name/-n --output-metadata-file/-t --version/-v
        workspace show: --output-metadata-file/-t
        """;

    private static readonly string[] Common = ["--resource-group", "-g", "--workspace-name", "-w", "--subscription-id", "--path", "-o", "--output"];

    private static readonly Dictionary<Type, string> Values = new()
    {
        [typeof(bool)] = "true",
        [typeof(bool?)] = "True",
        [typeof(int?)] = "3",
        [typeof(double?)] = "0.5",
    };

    public static TheoryData<string, string> Flags()
    {
        var flags = new TheoryData<string, string>();
        foreach (var line in Contract.Split('\n'))
        {
            var (verb, list) = (line[..line.IndexOf(':')].Trim(), line[(line.IndexOf(':') + 1)..]);
            foreach (var flag in list.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(pair => pair.Split('/')))
            {
                flags.Add(verb, flag);
            }

            foreach (var flag in Common)
            {
                flags.Add(verb, flag);
            }
        }

        return flags;
    }

    [Theory]
    [MemberData(nameof(Flags))]
    public void Parse_FlagOfTheContract_TakesItsValue(string verb, string flag)
    {
        var value = flag is "-o" or "--output" ? "json" : ValueOf(verb, flag);

        var line = Parse([.. verb.Split(' '), flag, value]);

        Assert.Empty(line.UnmatchedTokens);
        Assert.DoesNotContain(line.Errors, error => !error.Message.Contains("is required", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--ssl-enabled", "true")]
    [InlineData("--lo", "westeurope")]
    [InlineData("--vnet-name", "net")]
    [InlineData("--port", "6789")]
    public async Task Deploy_FlagOfOtherComputes_IsSaidToBeIgnored(string flag, string value)
    {
        await using var cli = new CliRun();
        await cli.RunAsync("model", "register", "-n", "m", "-p", cli.Folder.File("m.onnx"));

        var result = await cli.RunAsync("model", "deploy", "-n", "svc", "-m", "m", flag, value);

        Assert.Equal(0, result.Code);
        Assert.Contains("warning: --", result.Error, StringComparison.Ordinal);
        Assert.Contains("is ignored", result.Error, StringComparison.Ordinal);
    }

    private static string ValueOf(string verb, string flag)
    {
        var command = Parse(verb.Split(' ')).CommandResult.Command;
        var option = command.Options.FirstOrDefault(option => option.Name == flag || option.Aliases.Contains(flag));
        return option is null ? "text" : Values.GetValueOrDefault(option.ValueType, "text");
    }

    private static ParseResult Parse(string[] line)
    {
        using var folder = new TemporaryFolder();
        var host = new CliHost
        {
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            OpenInput = () => Stream.Null,
            Variable = _ => null,
            CurrentDirectory = folder.Path,
            HomeDirectory = folder.Path,
            BinaryDirectory = folder.Path,
            IsErrorInteractive = false,
            IsOutInteractive = false,
        };
        return new CliApplication(host).Parse(line);
    }
}
