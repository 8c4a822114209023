namespace Fairlead.LocalCompute.Resources;

/// <summary>A place in a cgroup file system below which we may make groups.</summary>
/// <param name="Folder">For example <c>/sys/fs/cgroup/cpu</c>, or with version 2 the parent of our own group.</param>
/// <param name="Version">1: one tree a controller; 2: one tree for all.</param>
/// <param name="Controllers">Those of <c>cpu</c> and <c>memory</c> found here.</param>
internal sealed record CgroupMount(string Folder, int Version, IReadOnlyList<string> Controllers)
{
    private static readonly string[] Wanted = ["cpu", "memory"];

    /// <summary>The mounts of this machine, from <c>/proc/self/mounts</c>; a controller is in one of them at most.</summary>
    public static IReadOnlyList<CgroupMount> Find()
    {
        try
        {
            return Parse(File.ReadLines("/proc/self/mounts"), File.ReadLines("/proc/self/cgroup"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    internal static IReadOnlyList<CgroupMount> Parse(IEnumerable<string> mounts, IEnumerable<string> ownGroups)
    {
        var own = ownGroups.Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3)
            .ToDictionary(parts => parts[1], parts => parts[2]);
        var found = new List<CgroupMount>();
        foreach (var fields in mounts.Select(line => line.Split(' ')).Where(fields => fields.Length > 3))
        {
            var controllers = fields[2] switch
            {
                "cgroup" => fields[3].Split(',').Intersect(Wanted).ToList(),
                "cgroup2" => ControllersOf(fields[1]),
                _ => [],
            };
            if (controllers.Count > 0)
            {
                var version = fields[2] == "cgroup" ? 1 : 2;
                var group = version == 1 ? own.GetValueOrDefault(controllers[0], "/") : ParentOf(own.GetValueOrDefault("", "/"));
                var folder = Path.Join(fields[1], group).TrimEnd('/');
                found.Add(new CgroupMount(Directory.Exists(folder) ? folder : fields[1], version, controllers));
            }
        }

        return found;
    }

    private static List<string> ControllersOf(string mount)
    {
        var file = Path.Combine(mount, "cgroup.controllers");
        return File.Exists(file) ? File.ReadAllText(file).Split(' ', '\n').Intersect(Wanted).ToList() : [];
    }

    // A version 2 group with processes of its own may have no children with controllers: ours are beside, not below, us.
    private static string ParentOf(string group) => Path.GetDirectoryName(group) ?? "/";
}
