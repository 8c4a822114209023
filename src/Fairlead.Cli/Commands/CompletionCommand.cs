using System.CommandLine;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands;

/// <summary><c>fairlead completion</c>: scripts that ask the program itself, by its [suggest] directive.</summary>
internal sealed class CompletionCommand : Verb
{
    private const string Bash = """
        _fairlead() {
            local line="${COMP_LINE:0:$COMP_POINT}" words
            line="${line#* }"
            words="$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)"
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _fairlead fairlead
        """;

    private const string Zsh = """
        #compdef fairlead
        _fairlead() {
            local line="${BUFFER#* }"
            local -a words
            words=("${(@f)$(fairlead "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -a words
            _files
        }
        compdef _fairlead fairlead
        """;

    private const string Fish = """
        function __fairlead_words
            set -l line (string replace -r '^\S+\s*' '' -- (commandline -cp))
            fairlead "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c fairlead -a '(__fairlead_words)'
        """;

    private readonly Argument<string> _shell;

    public CompletionCommand()
        : base(
            "completion",
            "Print a script that completes commands and options in your shell.",
            "source <(fairlead completion bash)",
            "fairlead completion zsh > \"${fpath[1]}/_fairlead\"",
            "fairlead completion fish > ~/.config/fish/completions/fairlead.fish")
    {
        _shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        _shell.CompletionSources.Add("bash", "zsh", "fish");
        Arguments.Add(_shell);
    }

    public override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        context.Terminal.WriteOut(context.Get(_shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            var other => throw FairleadException.InvalidArgument("shell", other, "bash, zsh or fish"),
        });
        return Task.FromResult(ExitCodes.Ok);
    }
}
