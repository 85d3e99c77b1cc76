using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Watches a backward pass for operations that make zeros of cotangents that are not.</summary>
internal sealed class ZeroWatch : Watch
{
    private readonly List<Node> nodes = [];

    /// <summary>Those operations, in the order in which they ran.</summary>
    internal IReadOnlyList<Node> Nodes => nodes;

    internal static bool IsZero(HostValue value) => value is NDArray array && Array.TrueForAll(Numbers.Flatten(array), number => number == 0);

    /// <inheritdoc/>
    protected override void Visit(Node node, ReadOnlySpan<HostValue> operands, ReadOnlySpan<HostValue> results)
    {
        bool alive = false;
        foreach (HostValue operand in operands)
        {
            alive |= operand is NDArray { Size: > 0 } array && array.Type.IsDifferentiable() && !IsZero(array);
        }

        if (alive && results.Length == 1 && node.Results[0].Type.HasTangent && IsZero(results[0]))
        {
            nodes.Add(node);
        }
    }
}
