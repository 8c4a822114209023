using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Kubernetes.Cluster;
using k8s.Models;

namespace Fairlead.Kubernetes.Routing;

/// <summary>The secret by which the gateways of a cluster know each other: the first one that starts makes it.</summary>
public sealed class GatewaySecret(ClusterClient client, TimeProvider time)
{
    private const string Member = "key";
    private const int KeyBytes = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the API server as long as it takes.</summary>
    /// <param name="ns">Namespace of the gateways.</param>
    /// <param name="name">Name of the Secret.</param>
    /// <param name="away">Told why the server does not answer, each time it is tried again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidDataException">A Secret of that name is there, but not ours.</exception>
    public async Task<string> FindOrMakeAsync(string ns, string name, Action<string> away, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await client.FindAsync(ApiKinds.Secrets, ns, name, cancellationToken) is { } found)
                {
                    return found.Data?.TryGetValue(Member, out var key) == true
                        ? Encoding.UTF8.GetString(key)
                        : throw new InvalidDataException($"The Secret {ns}/{name} has no member '{Member}'; delete it, and it is made anew.");
                }

                await client.CreateAsync(ApiKinds.Secrets, Build(ns, name), cancellationToken);
            }
            catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
            {
                // Another gateway was quicker: its key is read.
            }
            catch (Exception exception) when (exception is HttpRequestException or ClusterException { StatusCode: >= HttpStatusCode.InternalServerError })
            {
                away($"The Secret {ns}/{name} cannot be had; trying again: {exception.Message}");
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static V1Secret Build(string ns, string name) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = ns,
            Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy, [Names.RoleLabel] = Names.GatewayRole },
        },
        Type = "Opaque",
        Data = new Dictionary<string, byte[]> { [Member] = Encoding.UTF8.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes))) },
    };
}
