using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Runs graphs as they stand, without any pass.</summary>
internal static class Runner
{
    internal static HostValue[] Run(Graph graph, IReadOnlyList<HostValue> arguments) => Interpreter.Run(graph, arguments);
}
