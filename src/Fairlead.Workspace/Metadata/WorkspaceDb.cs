using System.Text.Json;
using Fairlead.Contracts.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Fairlead.Workspace.Metadata;

/// <summary>The workspace's metadata. Documents that are read and written whole are JSON columns.</summary>
internal sealed class WorkspaceDb(DbContextOptions<WorkspaceDb> options) : DbContext(options)
{
    public DbSet<AssetRow> Assets => Set<AssetRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    public DbSet<ModelNameRow> ModelNames => Set<ModelNameRow>();

    public DbSet<EnvironmentRow> Environments => Set<EnvironmentRow>();

    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<OperationRow> Operations => Set<OperationRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AssetRow>(asset => asset.HasKey(row => row.Id));
        modelBuilder.Entity<ModelRow>(model =>
        {
            model.HasKey(row => new { row.Name, row.Version });
            model.HasIndex(row => row.CreatedTime);
            Json(model.Property(row => row.KvTags), ContractsJson.Default.DictionaryStringString);
            Json(model.Property(row => row.Properties), ContractsJson.Default.DictionaryStringString);
            Json(model.Property(row => row.Resources), ContractsJson.Default.ContainerResourceRequirements);
        });
        modelBuilder.Entity<ModelNameRow>(model => model.HasKey(row => row.Name));
        modelBuilder.Entity<EnvironmentRow>(environment =>
        {
            environment.HasKey(row => new { row.Name, row.Version });
            Json(environment.Property(row => row.Definition), ContractsJson.Default.EnvironmentDefinition);
        });
        modelBuilder.Entity<ServiceRow>(service =>
        {
            service.HasKey(row => row.Name);
            service.Property(row => row.Revision).IsConcurrencyToken();
            Json(service.Property(row => row.KvTags), ContractsJson.Default.DictionaryStringString);
            Json(service.Property(row => row.Properties), ContractsJson.Default.DictionaryStringString);
            Json(service.Property(row => row.Spec), ContractsJson.Default.ScoringServiceSpec);
            Json(service.Property(row => row.Image), ContractsJson.Default.EnvironmentImageRequest);
        });
        modelBuilder.Entity<OperationRow>(operation =>
        {
            operation.HasKey(row => row.Id);
            operation.HasIndex(row => row.State);
            operation.Property(row => row.State).HasConversion<string>();
            operation.Property(row => row.Kind).HasConversion<string>();
            Json(operation.Property(row => row.Error), ContractsJson.Default.ErrorDocument);
        });
    }

    // Times as ticks of UTC: SQLite has no type for them that sorts.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

    private static void Json<T>(
        Microsoft.EntityFrameworkCore.Metadata.Builders.PropertyBuilder<T> property,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo type)
    {
        var info = (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)type;
        property.HasConversion(
            new ValueConverter<T, string>(
                value => JsonSerializer.Serialize(value, info),
                text => JsonSerializer.Deserialize(text, info)!),
            new ValueComparer<T>(
                (left, right) => JsonSerializer.Serialize(left!, info) == JsonSerializer.Serialize(right!, info),
                value => JsonSerializer.Serialize(value, info).GetHashCode(StringComparison.Ordinal),
                value => value));
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
