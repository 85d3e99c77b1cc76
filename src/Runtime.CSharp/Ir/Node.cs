using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>A primitive applied to operands, with one or more results. Immutable, compared by reference; checked when made.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Node
{
    private Node(Primitive primitive, ImmutableArray<Value> operands, ImmutableArray<ValueType> types, Origin? origin)
    {
        Primitive = primitive;
        Operands = operands;
        SettledOrigin = origin;
        var results = ImmutableArray.CreateBuilder<Value>(types.Length);
        for (int i = 0; i < types.Length; i++)
        {
            results.Add(new Value(types[i], this, i, null));
        }

        Results = results.MoveToImmutable();
    }

    /// <summary>The operation.</summary>
    public Primitive Primitive { get; }

    /// <summary>What it is applied to.</summary>
    public ImmutableArray<Value> Operands { get; }

    /// <summary>What it gives.</summary>
    public ImmutableArray<Value> Results { get; }

    /// <summary>Where in the user's model it was asked for.</summary>
    public Origin Origin => SettledOrigin ?? Origin.Unknown;

    /// <summary>The only result.</summary>
    public Value Result => Results.Length == 1
        ? Results[0]
        : throw new InvalidOperationException($"{Primitive.Name} has {Results.Length} results, not one.");

    /// <summary>Null until a frame or a transform says where the node comes from; said once.</summary>
    private Origin? SettledOrigin { get; set; }

    /// <summary>The operation and the types that go in and come out: mul(f32[3], f32[3]) -> f32[3].</summary>
    public override string ToString() =>
        $"{Primitive.Name}({GraphView.Types(Operands)}) -> {GraphView.Types([.. Results])}";

    /// <summary>Infers and checks the types and makes the node.</summary>
    /// <exception cref="TypeRuleException">The operands break the primitive's typing rule.</exception>
    public static Node Make(Primitive primitive, ImmutableArray<Value> operands, Origin? origin = null)
    {
        var builder = ImmutableArray.CreateBuilder<ValueType>(operands.Length);
        foreach (Value operand in operands)
        {
            builder.Add(operand.Type);
        }

        ImmutableArray<ValueType> types = builder.MoveToImmutable();
        try
        {
            return new(primitive, operands, primitive.Infer(types), origin);
        }
        catch (AdjointException error) when (error is TypeRuleException or ShapeException or DTypeException)
        {
            string where = origin is null || origin.ToString().Length == 0 ? "" : $" In {origin}.";
            string message = error.Message.StartsWith(primitive.Name, StringComparison.Ordinal)
                ? error.Message
                : $"{primitive.Name}: {error.Message}";
            throw new TypeRuleException($"{message} Operands: {string.Join(", ", types)}.{where}");
        }
    }

    /// <summary>Gives this origin to the nodes behind some values that have none yet: what a rule has just made.</summary>
    internal static void SettleOrigin(IEnumerable<Value?> values, Origin origin)
    {
        Stack<Node>? pending = null;
        foreach (Value? value in values)
        {
            Settle(value, origin, ref pending);
        }

        while (pending is not null && pending.TryPop(out Node? node))
        {
            foreach (Value operand in node.Operands)
            {
                Settle(operand, origin, ref pending);
            }
        }
    }

    /// <summary>Settles one node; it waits to be followed only where an operand has no origin yet.</summary>
    private static void Settle(Value? value, Origin origin, ref Stack<Node>? pending)
    {
        if (value?.Producer is not { SettledOrigin: null } node)
        {
            return;
        }

        node.SettledOrigin = origin;
        foreach (Value operand in node.Operands)
        {
            if (operand.Producer is { SettledOrigin: null })
            {
                (pending ??= new()).Push(node);
                return;
            }
        }
    }
}
