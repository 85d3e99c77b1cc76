using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>The structure of a cone: two cones with equal keys are the same program on other numbers.</summary>
internal sealed class TraceKey : IEquatable<TraceKey>
{
    private readonly ValueType[] leaves;
    private readonly Primitive[] primitives;
    private readonly int[] wiring;
    private readonly int hash;

    internal TraceKey(Cone cone)
    {
        leaves = [.. cone.Leaves.Select(leaf => leaf.Type)];
        primitives = [.. cone.Nodes.Select(node => node.Primitive)];
        var wires = new List<int>(3 * primitives.Length);
        foreach (Node node in cone.Nodes)
        {
            wires.Add(node.Operands.Length);
            foreach (Value operand in node.Operands)
            {
                wires.Add(cone.NumberOf(operand));
            }
        }

        wires.AddRange(cone.Results.Select(cone.NumberOf));
        wiring = [.. wires];
        hash = Hash();
    }

    /// <inheritdoc/>
    public bool Equals(TraceKey? other) => other is not null
        && hash == other.hash
        && wiring.AsSpan().SequenceEqual(other.wiring)
        && leaves.AsSpan().SequenceEqual(other.leaves)
        && primitives.AsSpan().SequenceEqual(other.primitives);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TraceKey);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    private int Hash()
    {
        HashCode code = default;
        foreach (ValueType leaf in leaves)
        {
            code.Add(leaf);
        }

        foreach (Primitive primitive in primitives)
        {
            code.Add(primitive);
        }

        foreach (int wire in wiring)
        {
            code.Add(wire);
        }

        return code.ToHashCode();
    }
}
