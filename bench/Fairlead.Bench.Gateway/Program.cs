using Fairlead.Bench.Gateway;

// fairlead-bench gateway|yarp PORT KEY UPSTREAM…: a proxy in front of the upstreams, until it is ended.
if (args.Length < 4 || !int.TryParse(args[1], out var port))
{
    await Console.Error.WriteLineAsync("usage: gateway|yarp PORT KEY UPSTREAM…");
    return 2;
}

var upstreams = args[3..].Select(static address => new Uri(address)).ToArray();
await using var app = args[0] == "yarp" ? PlainYarp.Build(port, upstreams) : GatewayAlone.Build(port, args[2], upstreams);
await app.RunAsync();
return 0;
