using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>How many times each element of a value is read by the nodes of a body, about.</summary>
internal sealed class Demand
{
    /// <summary>Many times, as far as is known.</summary>
    internal const double Many = 1000;

    private readonly Dictionary<Value, double> reads = new(ReferenceEqualityComparer.Instance);

    internal Demand(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            for (int i = 0; i < node.Operands.Length; i++)
            {
                Add(node.Operands[i], Reads(node, i));
            }
        }

        foreach (Value result in graph.Results)
        {
            Add(result, 1);
        }
    }

    /// <summary>How many times an element of a value is read.</summary>
    internal double this[Value value] => reads.GetValueOrDefault(value);

    private void Add(Value value, double times) => reads[value] = reads.GetValueOrDefault(value) + times;

    private static double Reads(Node node, int operand) => node.Primitive switch
    {
        Scan scan => operand < scan.Constants ? Many : 1,
        While loop => operand < loop.Constants ? Many : 1,
        Repeat repeat => operand <= repeat.Constants ? Many : 1,
        DotGeneral or Gather or Scatter or Sort or TopK or RandomBits or Threefry => Many,
        BodyPrimitive => 2,
        _ => Ratio(node, operand),
    };

    /// <summary>Elements of the result for each of the operand: more than one where it is repeated.</summary>
    private static double Ratio(Node node, int operand) =>
        node.Operands[operand].Type is TensorType from && node.Results[0].Type is TensorType to && from.Shape.Size > 0
            ? Math.Max(1, (double)to.Shape.Size / from.Shape.Size)
            : 1;
}
