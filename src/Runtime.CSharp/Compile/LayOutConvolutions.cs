using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Kernels.Libraries;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Puts channels last in convolutions of f32 that a library runs, and in what stands between them.</summary>
/// <remarks>
/// <para>A convolution takes permuted operands and its result is permuted back; a node that knows no order of axes (<see cref="ChannelsLast"/>)
/// reads through such a permutation and is followed by one instead. So numbers are moved where the plain order is read, and nowhere else.
/// The blocked filters that libraries want are made by the kernel, once a run.</para>
/// <para>A convolution's sums, and those of reductions, are rounded in another order.</para>
/// </remarks>
internal static class LayOutConvolutions
{
    /// <summary>The graph, in bodies too, with channels last where a library of this process is faster so.</summary>
    public static Graph Apply(Graph graph) => Apply(graph, static shape => Convolutions.PrefersLast(shape));

    /// <summary>The same where this says so of a convolution.</summary>
    internal static Graph Apply(Graph graph, Func<NativeConvolution, bool> prefers) => new Rewriter(_ => Rule(new(), prefers)).Apply(graph);

    private static Func<Node, Node, ImmutableArray<Value>> Rule(ChannelsLast turned, Func<NativeConvolution, bool> prefers) =>
        (node, _) => (node.Primitive is ConvGeneral conv ? OfConvolution(node, conv, turned, prefers) : turned.Of(node)) is { } value
            ? [value]
            : node.Results;

    private static Value? OfConvolution(Node node, ConvGeneral conv, ChannelsLast turned, Func<NativeConvolution, bool> prefers)
    {
        (Value x, Value f) = (node.Operands[0], node.Operands[1]);
        if (node.Result.Tensor.DType != Core.DType.F32
            || ConvLast.Turned(conv, x.Tensor, f.Tensor) is not { } last
            || ConvLast.Shape(last, new(conv, x.Tensor.Shape, f.Tensor.Shape)) is not { } shape
            || !prefers(shape))
        {
            return null;
        }

        Value result = Ops.Apply(last, turned.Turn(x), last.FilterLast ? turned.Turn(f) : f);
        return last.OutputLast ? turned.Back(result) : result;
    }
}
