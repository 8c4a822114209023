using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Endpoints;
using Fairlead.Workspace.Environments;
using Fairlead.Workspace.Models;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Tokens;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Fairlead.Workspace.Storage;

/// <summary>The workspace's metadata: in SQLite, or, as <see cref="PostgresWorkspaceDb"/>, in PostgreSQL.</summary>
internal class WorkspaceDb : DbContext, IDataProtectionKeyContext
{
    public WorkspaceDb(DbContextOptions<WorkspaceDb> options)
        : base(options)
    {
    }

    protected WorkspaceDb(DbContextOptions options)
        : base(options)
    {
    }

    /// <summary>What service keys are encrypted with, where several workspaces share a database.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<ModelNameRow> ModelNames => Set<ModelNameRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    public DbSet<EnvironmentRow> Environments => Set<EnvironmentRow>();

    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<EndpointVersionRow> EndpointVersions => Set<EndpointVersionRow>();

    public DbSet<ServiceModelRow> ServiceModels => Set<ServiceModelRow>();

    public DbSet<ComputeRow> Computes => Set<ComputeRow>();

    public DbSet<OperationRow> Operations => Set<OperationRow>();

    public DbSet<TokenKeyRow> TokenKeys => Set<TokenKeyRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ModelNameRow>().HasKey(row => row.Name);
        modelBuilder.Entity<ModelRow>(model =>
        {
            model.HasKey(row => row.Id);
            model.HasIndex(row => new { row.Name, row.Version }).IsUnique();
        });
        modelBuilder.Entity<EnvironmentRow>(environment =>
        {
            environment.HasKey(row => row.Id);
            environment.HasIndex(row => new { row.Name, row.Version }).IsUnique();
        });
        modelBuilder.Entity<ServiceRow>(service =>
        {
            service.HasKey(row => row.Name);
            service.HasMany(row => row.Models).WithOne().HasForeignKey(row => row.ServiceName);
        });
        modelBuilder.Entity<EndpointVersionRow>(version =>
        {
            version.HasKey(row => new { row.Endpoint, row.Name });
            version.HasIndex(row => row.Service).IsUnique();
            version.HasOne<ServiceRow>().WithMany().HasForeignKey(row => row.Endpoint).OnDelete(DeleteBehavior.Cascade);
            version.HasOne<ServiceRow>().WithMany().HasForeignKey(row => row.Service).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ServiceModelRow>(model =>
        {
            model.HasKey(row => new { row.ServiceName, row.Position });
            model.HasIndex(row => new { row.ModelName, row.ModelVersion });
        });
        modelBuilder.Entity<ComputeRow>().HasKey(row => row.Name);
        modelBuilder.Entity<ComputeRow>().Ignore(row => row.Subject);
        modelBuilder.Entity<TokenKeyRow>().HasKey(row => row.Id);
        modelBuilder.Entity<OperationRow>(operation =>
        {
            operation.HasKey(row => row.Id);

            // The database itself holds "one at a time", whoever forgets to look first.
            operation.HasIndex(row => row.ServiceName).IsUnique().HasFilter("\"EndTime\" IS NULL");
        });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

    // SQLite has no type for it, and text does not compare.
    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
