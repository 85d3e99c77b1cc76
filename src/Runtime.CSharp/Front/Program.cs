using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A graph made ready to run, from any number of threads.</summary>
internal sealed class Program(Graph graph)
{
    /// <summary>Runs it on arguments.</summary>
    internal HostValue[] Run(IReadOnlyList<HostValue> arguments) => Interpreter.Run(graph, arguments);
}
