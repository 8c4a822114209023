using System.Net;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Computes;

/// <summary>Records which clusters are attached. Checks come first, then one transaction over compute target and operation;
/// the rest is the operation's work.</summary>
internal sealed class ComputeStore(
    WorkspaceDb db, ComputeTargets targets, ComputeSecrets secrets, OperationQueue operations, IOptions<WorkspaceOptions> options,
    TimeProvider time,
    IClusterConnector? connector = null)
{
    private const string KubernetesType = "Kubernetes";
    private const string AksType = "AKS";

    private IClusterConnector Connector => connector ?? throw new FairleadException(
        ErrorCodes.NotSupported, 400, "This server cannot attach clusters.");

    public async Task<IReadOnlyList<ComputeDto>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await db.Computes.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
        return
        [
            .. targets.BuiltIn.Select(target => new ComputeDto(
                target.Name, ComputeTargets.IsLocal(target) ? "LOCAL" : AksType, target.GatewayUrl)),
            .. rows.Select(row => row.ToDto()),
        ];
    }

    public async Task<ComputeDto> GetAsync(string name, CancellationToken cancellationToken)
    {
        var all = await ListAsync(cancellationToken);
        return all.FirstOrDefault(compute => Same(compute.Name, name)) ?? throw ComputeErrors.NotFound(name, all.Select(compute => compute.Name));
    }

    /// <param name="askedAt">The address that the request was sent to.</param>
    public async Task<ComputeDto> AttachAsync(AttachComputeRequest request, string askedAt, CancellationToken cancellationToken)
    {
        ComputeNames.Validate(request.Name);
        var type = Same(request.ComputeType, AksType) ? AksType
            : Same(request.ComputeType, KubernetesType) ? KubernetesType
            : throw FairleadException.InvalidArgument("computeType", request.ComputeType, "Kubernetes or AKS");
        var known = await FindAsync(request.Name, cancellationToken);
        var before = known?.Settings();
        if (before is not null && request.Namespace is not null && request.Namespace != before.Namespace)
        {
            throw FairleadException.InvalidArgument("namespace", request.Namespace, $"'{before.Namespace}', where the services are; detach first to change it");
        }

        var attachment = new ClusterAttachment
        {
            Id = before?.Id ?? Guid.NewGuid().ToString("N"),
            Name = known?.Name ?? request.Name,
            Workspace = options.Value.Workspace,
            Kubeconfig = known is not null && request.Kubeconfig is null
                ? secrets.Reveal(known)
                : Connector.ReadKubeconfig(request.Kubeconfig, request.Context),
            Namespace = before?.Namespace ?? NamespaceOf(request.Namespace),
            Purpose = request.ClusterPurpose ?? before?.Purpose ?? ClusterPurpose.FastProd,
            Image = request.Image ?? before?.Image ?? options.Value.Image ?? throw MissingImage(),
            WorkspaceUrl = WorkspaceUrlOf(request.WorkspaceUrl ?? before?.WorkspaceUrl ?? options.Value.PublicUrl, askedAt),
            LoadBalancerType = request.LoadBalancerType ?? before?.LoadBalancerType ?? LoadBalancerType.PublicIp,
            LoadBalancerSubnet = request.LoadBalancerSubnet ?? before?.LoadBalancerSubnet,
            Tls = TlsSettings.Apply(request.SslConfiguration, known is null ? null : secrets.AttachmentOf(known).Tls, time.GetUtcNow()),
            ResourceId = request.ResourceId ?? before?.ResourceId,
        };
        return await ProvisionAsync(known, attachment, type, cancellationToken);
    }

    public async Task<ComputeDto> UpdateAsync(string name, UpdateComputeRequest request, CancellationToken cancellationToken)
    {
        var known = await GetRowAsync(name, cancellationToken);
        var before = secrets.AttachmentOf(known);
        var attachment = before with
        {
            Kubeconfig = request.Kubeconfig is null ? before.Kubeconfig : Connector.ReadKubeconfig(request.Kubeconfig, request.Context),
            Purpose = request.ClusterPurpose ?? before.Purpose,
            Image = request.Image ?? before.Image,
            WorkspaceUrl = request.WorkspaceUrl is null ? before.WorkspaceUrl : WorkspaceUrlOf(request.WorkspaceUrl, ""),
            LoadBalancerType = request.LoadBalancerType ?? before.LoadBalancerType,
            LoadBalancerSubnet = request.LoadBalancerSubnet ?? before.LoadBalancerSubnet,
            Tls = TlsSettings.Apply(request.SslConfiguration, before.Tls, time.GetUtcNow()),
        };
        return await ProvisionAsync(known, attachment, known.ComputeType, cancellationToken);
    }

    /// <summary>Starts the detachment and returns its operation; with force the cluster is left alone, and it and its services
    /// are only forgotten, which has no operation.</summary>
    public async Task<string?> DetachAsync(string name, bool force, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await GetRowAsync(name, cancellationToken);
        await RefuseBusyAsync(row, cancellationToken);
        var services = await db.Services.Where(service => service.ComputeName == row.Name).ToListAsync(cancellationToken);
        if (force)
        {
            db.Services.RemoveRange(services);
            db.Computes.Remove(row);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await targets.RefreshAsync(cancellationToken);
            return null;
        }

        if (services.Count > 0)
        {
            throw ComputeErrors.InUse(row.Name, [.. services.Select(service => service.Name)]);
        }

        row.State = ProvisioningState.Deleting;
        operations.Add(db, row, OperationRow.DetachType);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.OperationId;
    }

    public async Task<IReadOnlyList<string>> ListObjectsAsync(string name, CancellationToken cancellationToken) =>
        await Connector.ListInstalledAsync(secrets.AttachmentOf(await GetRowAsync(name, cancellationToken)), cancellationToken);

    public async Task<ComputeKeysDto> RevealAsync(string name, CancellationToken cancellationToken)
    {
        var row = await GetRowAsync(name, cancellationToken);
        return new ComputeKeysDto(row.ComputeType, secrets.Reveal(row));
    }

    public async Task<PreflightReport> CheckAsync(string name, PreflightOptions preflight, CancellationToken cancellationToken) =>
        await Connector.CheckAsync(secrets.AttachmentOf(await GetRowAsync(name, cancellationToken)), preflight, cancellationToken);

    /// <exception cref="FairleadException">404, or 400 when it is the server's own.</exception>
    public async Task<ComputeRow> GetRowAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is { } row)
        {
            return row;
        }

        throw ComputeErrors.NotFound(name, (await ListAsync(cancellationToken)).Select(compute => compute.Name));
    }

    private async Task<ComputeDto> ProvisionAsync(
        ComputeRow? known, ClusterAttachment attachment, string type, CancellationToken cancellationToken)
    {
        if (known is not null)
        {
            await RefuseBusyAsync(known, cancellationToken);
        }

        // From inside it is checked by the operation: that takes a pod, and so its time.
        var report = await Connector.CheckAsync(attachment, new PreflightOptions { FromCluster = false }, cancellationToken);
        if (report.Failures.Any())
        {
            throw ComputeErrors.Preflight(report);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = known;
        if (row is null)
        {
            // Asked for twice at once: the first one's operation runs.
            if (await FindAsync(attachment.Name, cancellationToken) is { } other)
            {
                throw ComputeErrors.Busy(other.Name, other.OperationId);
            }

            row = new ComputeRow
            {
                Name = attachment.Name,
                ComputeType = type,
                SettingsJson = "",
                Kubeconfig = "",
                FactsJson = Json.Write(new ClusterFacts(), ContractsJson.Default.ClusterFacts),
                OperationId = "",
            };
            db.Computes.Add(row);
        }
        else
        {
            await RefuseBusyAsync(row, cancellationToken);
        }

        row.ComputeType = type;
        row.State = known is null ? ProvisioningState.Creating : ProvisioningState.Updating;
        row.Kubeconfig = secrets.Protect(attachment.Kubeconfig);
        row.SettingsJson = Json.Write(secrets.Conceal(attachment), ContractsJson.Default.ClusterAttachment);
        operations.Add(db, row, OperationRow.AttachType);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.ToDto();
    }

    private async Task RefuseBusyAsync(ComputeRow row, CancellationToken cancellationToken)
    {
        var subject = row.Subject;
        if (await db.Operations.FirstOrDefaultAsync(
            operation => operation.ServiceName == subject && operation.EndTime == null, cancellationToken) is { } running)
        {
            throw ComputeErrors.Busy(row.Name, running.Id);
        }
    }

    private async Task<ComputeRow?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (targets.BuiltIn.FirstOrDefault(target => Same(target.Name, name)) is { } own)
        {
            throw ComputeErrors.BuiltIn(own.Name);
        }

        // There are few, and as in v1 the case does not matter.
        return (await db.Computes.ToListAsync(cancellationToken)).FirstOrDefault(row => Same(row.Name, name));
    }

    private string NamespaceOf(string? given)
    {
        var name = given ?? "azureml-" + options.Value.Workspace.ToLowerInvariant().Replace('_', '-').Replace('.', '-');
        var isValid = name.Length is >= 1 and <= 63
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-';
        return isValid && !name.StartsWith("kube-", StringComparison.Ordinal) && name != "fairlead-system"
            ? name
            : throw FairleadException.InvalidArgument(
                "namespace", name,
                "at most 63 lower-case letters, digits and dashes, no dash at either end, and neither a namespace of Kubernetes (kube-…) nor fairlead-system");
    }

    private static string WorkspaceUrlOf(string? given, string askedAt)
    {
        var text = given ?? askedAt;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw FairleadException.InvalidArgument("workspaceUrl", given, "a URL such as https://fairlead.example.com");
        }

        return url.IsLoopback || IPAddress.Any.ToString() == url.Host
            ? throw FairleadException.InvalidArgument(
                "workspaceUrl", text,
                "the address at which pods of the cluster reach this server, which this is not: give --workspace-url, "
                + "and start the server with --bind 0.0.0.0 (or the address of one interface)")
            : url.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    private static FairleadException MissingImage() => FairleadException.InvalidArgument(
        "image", null,
        "Fairlead's own image, as the cluster pulls it: give --image, or set FAIRLEAD_Workspace__Image for all (eng/images.sh builds and pushes it)");

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
