using Fairlead.Cli.Running;

return await new CliApplication(CliHost.OfThisProcess()).RunAsync(args);
