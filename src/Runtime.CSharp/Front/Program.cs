using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A graph made ready to run, from any number of threads; its diagnostics go where the front's go.</summary>
internal sealed class Program(Graph graph)
{
    private static readonly RunOptions Options = new() { Diagnostics = Diagnostics.Report };

    private readonly Executable executable = Executable.Compile(graph);

    /// <summary>Runs it on arguments.</summary>
    internal HostValue[] Run(IReadOnlyList<HostValue> arguments) => executable.RunValues(arguments, Options);

    /// <summary>Lets the memory go that is kept for later runs.</summary>
    internal void ReleaseMemory() => executable.ReleaseMemory();
}
