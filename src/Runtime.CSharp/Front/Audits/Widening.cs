using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Convert = Adjoint.Primitives.Convert;

namespace Adjoint.Front.Audits;

/// <summary>The same function in f64 and c128, so that rounding does not stand between a rule and differences.</summary>
internal sealed class Widening
{
    private readonly Dictionary<Body, Body> bodies = new(ReferenceEqualityComparer.Instance);

    /// <summary>The function in double precision; the origins stay those of its nodes.</summary>
    internal static Graph Apply(Graph graph) => new Widening().Wide(graph);

    /// <summary>A value in double precision.</summary>
    internal static HostValue Apply(HostValue value) => value is NDArray array && Wide(array.Type) is var wide && wide != array.Type
        ? Numbers.Make(new(wide, array.Shape), i => array.At(i).AsComplex)
        : value;

    private static DType Wide(DType type) => type.IsComplex() ? DType.C128 : type.IsFloating() ? DType.F64 : type;

    private static ValueType Wide(ValueType type) => type switch
    {
        TensorType tensor => tensor with { DType = Wide(tensor.DType) },
        StackType stack => new StackType(Wide(stack.Element)),
        _ => type,
    };

    private Graph Wide(Graph graph)
    {
        var substitution = new Substitution();
        ImmutableArray<Value> parameters = [.. graph.Parameters.Select(value => Value.Parameter(Wide(value.Type), value.Name))];
        for (int i = 0; i < parameters.Length; i++)
        {
            substitution[graph.Parameters[i]] = parameters[i];
        }

        foreach (Node node in graph.Nodes)
        {
            ImmutableArray<Value> results = Wide(node, substitution.Of(node.Operands));
            for (int i = 0; i < results.Length; i++)
            {
                substitution[node.Results[i]] = results[i];
            }
        }

        return new(parameters, substitution.Of(graph.Results));
    }

    private ImmutableArray<Value> Wide(Node node, ImmutableArray<Value> operands) => node.Primitive switch
    {
        Constant constant => Node.Make(new Constant(Wide(constant.Value)), operands, node.Origin).Results,
        Convert convert => Node.Make(new Convert(Wide(convert.Target)), operands, node.Origin).Results,
        Iota iota => Node.Make(iota with { Type = Wide(iota.Type) }, operands, node.Origin).Results,
        StackEmpty empty => Node.Make(empty with { Type = Wide(empty.Type) }, operands, node.Origin).Results,
        Bitcast => ThroughOwnTypes(node, operands),
        _ => Node.Make(node.Primitive.MapBodies(Wide), operands, node.Origin).Results,
    };

    /// <summary>Bits are those of the types that the user wrote.</summary>
    private static ImmutableArray<Value> ThroughOwnTypes(Node node, ImmutableArray<Value> operands)
    {
        Value Cast(Value value, ValueType type) => value.Type.Equals(type) ? value
            : Node.Make(new Convert(((TensorType)type).DType), [value], node.Origin).Result;
        Node same = Node.Make(node.Primitive, [.. operands.Select((value, i) => Cast(value, node.Operands[i].Type))], node.Origin);
        return [.. same.Results.Select(value => Cast(value, Wide(value.Type)))];
    }

    private static Scalar Wide(Scalar number) =>
        number.Type.IsComplex() ? Scalar.Of(DType.C128, number.AsComplex)
        : number.Type.IsFloating() ? Scalar.Of(DType.F64, number.AsDouble)
        : number;

    private Body Wide(Body body)
    {
        if (!bodies.TryGetValue(body, out Body? wide))
        {
            wide = Wide(body.Graph);
            bodies.Add(body, wide);
        }

        return wide;
    }
}
