using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A graph made ready to run, from any number of threads; its diagnostics go where the front's go.</summary>
/// <param name="graph">The graph.</param>
/// <param name="compiled">How it is compiled, to run fast from the first time on; null where it is to be ready fast.</param>
internal sealed class Program(Graph graph, CompileOptions? compiled)
{
    private static readonly RunOptions Options = new() { Diagnostics = Diagnostics.Report };

    private readonly Executable executable = compiled is not null ? Executable.Compile(graph, compiled) : Executable.CompileInTiers(graph);

    /// <summary>Runs it on arguments.</summary>
    internal HostValue[] Run(IReadOnlyList<HostValue> arguments) => executable.RunValues(arguments, Options);

    /// <summary>Runs it on arguments, as the options say.</summary>
    internal HostValue[] Run(IReadOnlyList<HostValue> arguments, RunOptions options) => executable.RunValues(
        arguments,
        ReferenceEquals(options, RunOptions.Default) ? Options : options with { Diagnostics = options.Diagnostics ?? Diagnostics.Report });

    /// <summary>What a run does, as text.</summary>
    internal string Explain() => executable.Explain();

    /// <summary>Lets the memory go that is kept for later runs.</summary>
    internal void ReleaseMemory() => executable.ReleaseMemory();
}
