using Fairlead.Host;

return await HostCommandLine.Create().Parse(args).InvokeAsync();
