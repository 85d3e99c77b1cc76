using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Runs a graph again to see what one of its nodes reads, in a given step of the bodies around it.</summary>
internal sealed class OperandProbe(Node wanted, Place? where) : Watch
{
    /// <summary>What the node read; null where it did not run there.</summary>
    internal HostValue[]? Operands { get; private set; }

    /// <summary>What the node gave.</summary>
    internal HostValue[]? Results { get; private set; }

    /// <inheritdoc/>
    protected override void Visit(Node node, ReadOnlySpan<HostValue> operands, ReadOnlySpan<HostValue> results)
    {
        if (ReferenceEquals(node, wanted) && (Operands is null || Place.Same(Here, where)))
        {
            Operands = operands.ToArray();
            Results = results.ToArray();
        }
    }
}
