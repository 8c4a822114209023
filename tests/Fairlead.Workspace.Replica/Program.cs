using Fairlead.Contracts.Computes;
using Fairlead.Workspace;
using Fairlead.Workspace.Replica;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// One of several workspaces, as 'fairleadd workspace' composes it, with a cluster that is a folder; for tests that kill it.
// Settings come from the environment, as there; it prints its address, and ends on SIGTERM.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Configuration.AddEnvironmentVariables("FAIRLEAD_");
builder.Logging.ClearProviders();
builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddFairleadWorkspace(
    options => builder.Configuration.GetSection(WorkspaceOptions.SectionName).Bind(options), isShared: true);
builder.Services.AddSingleton<IComputeTarget>(new FolderCluster(
    builder.Configuration["Cluster"]!, builder.Configuration["Replica"]!));
await using var app = builder.Build();
app.MapFairleadWorkspace();
await app.StartAsync();
Console.WriteLine("address " + app.Urls.Single());
await app.WaitForShutdownAsync();
