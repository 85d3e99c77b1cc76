using Adjoint.Compile.Methods;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Regions;

/// <summary>Which nodes are small: those for which handing work from one kernel to the next would cost as much as the work.</summary>
/// <remarks>
/// Of a loop each operation of the step is looked at, however many steps there are. A step with one large operation is no region: the plan
/// runs it, with kernels for each part.
/// </remarks>
/// <param name="exact">The nodes that may be in regions; null for all.</param>
internal sealed class SmallWork(ExactNodes? exact = null)
{
    /// <summary>The most operations on elements of a node that runs once.</summary>
    private const double Most = 4096;

    /// <summary>The most of a node in the step of a loop.</summary>
    private const double MostInLoops = 16384;

    /// <summary>The most of a product, which a kernel of its own does better from some size on.</summary>
    private const double MostOfProducts = 32768;

    /// <summary>The same in the step of a loop, where calling a kernel each time costs more.</summary>
    private const double MostOfProductsInLoops = 1 << 19;

    /// <summary>The most instructions of a region, about.</summary>
    internal const double MostInstructions = 20000;

    private readonly Dictionary<Graph, double> instructions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a node is small, and can be lowered.</summary>
    internal bool Is(Node node) =>
        IsSmall(node, inLoop: false) && Lowerable.Takes(node) && exact?.Has(node) != false && Instructions(node) <= MostInstructions;

    /// <summary>Whether a body has small nodes alone.</summary>
    internal static bool Fits(Graph body) => body.Nodes.All(node => IsSmall(node, inLoop: false)) && Lowerable.Takes(body);

    /// <summary>Whether a node is computed for nothing wherever it is needed.</summary>
    internal static bool IsFree(Node node) =>
        node.Primitive is Constant or Iota || (node.Primitive is Broadcast && node.Operands[0].Producer is { } producer && IsFree(producer));

    /// <summary>About how many instructions a node is lowered to.</summary>
    internal double Instructions(Node node) => node.Primitive switch
    {
        BodyPrimitive body when Lowerable.Bodies(body) is { } graphs => 10 + graphs.Sum(Instructions),
        StackIndexed or StackAdd => 30,
        Scatter or Sort or TopK => 60,
        Cholesky or TriangularSolve or Lu => Math.Pow(node.Operands[0].Tensor.Shape[^1].Value, 2) * node.Operands[0].Tensor.Shape[^2].Value,
        _ => node.Results[0].Type is TensorType type && Sizes.InRegisters(type)
            ? type.Shape.Size * (ElementWork.Own(node) + (ElementWork.Joined(node) is <= 8 and var joined ? joined : 10))
            : 10 + ElementWork.Own(node),
    };

    private double Instructions(Graph graph)
    {
        if (!instructions.TryGetValue(graph, out double sum))
        {
            sum = graph.Nodes.Sum(Instructions);
            instructions.Add(graph, sum);
        }

        return sum;
    }

    private static bool IsSmall(Node node, bool inLoop)
    {
        switch (node.Primitive)
        {
            case BodyPrimitive body:
                bool loops = body is Scan or While or Repeat;
                return Lowerable.Bodies(body) is { } graphs && graphs.All(graph => graph.Nodes.All(inner => IsSmall(inner, inLoop || loops)));
            case DynamicWrite or Scatter when !inLoop:
                return node.Results[0].Tensor.Shape.Size <= Most;
            case DynamicWrite:
                return node.Operands[1].Tensor.Shape.Size <= MostInLoops;
            case Scatter:
                return node.Operands[2].Tensor.Shape.Size <= MostInLoops;
            case StackIndexed or StackEmpty or StackAdd:
                return true;
            case DotGeneral:
                return 2 * Elements(node) <= (inLoop ? MostOfProductsInLoops : MostOfProducts);
            case Sort or TopK:
                return node.Operands[0].Tensor.Shape.Size <= (inLoop ? MostInLoops : Most) / 16;
            default:
                return IsFree(node) || Elements(node) <= (inLoop ? MostInLoops : Most);
        }
    }

    private static double Elements(Node node) =>
        node.Results.Sum(result => result.Type is TensorType type ? (double)type.Shape.Size : 0) * ElementWork.Joined(node);
}
