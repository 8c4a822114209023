using System.ComponentModel.DataAnnotations;

namespace Fairlead.Gateway;

/// <summary>The access log: a JSON object a line for each request to a service.</summary>
public sealed record AccessLogOptions
{
    /// <summary>File to append to, or <c>-</c> for standard output. Default null: none is written.</summary>
    public string? Path { get; set; }

    /// <summary>Size in bytes at which the file becomes <c>&lt;path&gt;.1</c> and a new one begins. Default 104857600.</summary>
    [Range(4096, long.MaxValue)]
    public long MaxFileBytes { get; set; } = 100 * 1024 * 1024;
}
