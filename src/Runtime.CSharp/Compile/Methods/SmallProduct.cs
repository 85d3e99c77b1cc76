using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>How a product runs in a region: lanes along one axis of its result, rows along another, the others one after another.</summary>
/// <remarks>Rows are along an axis of the other factor, so that what lanes read of theirs serves all rows of a block.</remarks>
internal sealed class SmallProduct
{
    /// <summary>Vectors of sums that are formed together: enough to hide the latency of an fma, and few enough for registers.</summary>
    private const int Sums = 8;

    private const int VectorBytes = 64;

    private const int MostChains = 4;

    private readonly ProductAxes axes;
    private readonly int lanes;
    private readonly int rows;

    private SmallProduct(ProductAxes axes, TensorType result)
    {
        this.axes = axes;
        lanes = axes.Last;
        rows = axes.RowsBeside(lanes);
        Outer = [.. result.Shape.ToArray().Where((_, axis) => axis != lanes && axis != rows)];
        Lanes = result.Shape[lanes].Value;
        Rows = rows >= 0 ? result.Shape[rows].Value : 1;
        int all = Math.Max(Lanes * result.DType.Size() / VectorBytes, 1);
        int vectors = Math.Min(all, 2);
        RowsInBlock = Math.Min(Sums / vectors, Rows);
        Chains = axes.Terms < 2 * MostChains ? 1 : ChainsFor(all * RowsInBlock);
    }

    /// <summary>The extents of the axes that are neither lanes nor rows.</summary>
    internal int[] Outer { get; }

    /// <summary>How many lanes.</summary>
    internal int Lanes { get; }

    /// <summary>How many rows.</summary>
    internal int Rows { get; }

    /// <summary>Rows whose sums are formed together.</summary>
    internal int RowsInBlock { get; }

    /// <summary>Chains of terms that a sum is made of, a power of two: more than one where too few sums are formed together to hide the latency of an fma.</summary>
    internal int Chains { get; }

    /// <summary>Terms of a sum.</summary>
    internal int Terms => axes.Terms;

    /// <summary>The way for a node; null where it has several axes to sum over, none to run along, or other than f32 and f64.</summary>
    internal static SmallProduct? Of(Node node) =>
        node.Result.Tensor is { DType: DType.F32 or DType.F64 } result && ProductAxes.Of(node) is { Last: >= 0 } axes
            ? new(axes, result)
            : null;

    private static int ChainsFor(int sums) => sums >= Sums / 2 ? 1 : sums >= Sums / 4 ? 2 : MostChains;

    /// <summary>The index in the result.</summary>
    internal ImmutableArray<LoopValue> Place(ImmutableArray<LoopValue> outer, LoopValue row, LoopValue lane)
    {
        int next = 0;
        return [.. Enumerable.Range(0, axes.Rank).Select(axis => axis == lanes ? lane : axis == rows ? row : outer[next++])];
    }

    /// <summary>The index in a factor of a term of the sum at an index of the result.</summary>
    internal ImmutableArray<LoopValue> Term(int side, ImmutableArray<LoopValue> place, LoopValue k) =>
        [.. axes.Sources(side).Select(source => source < 0 ? k : place[source])];
}
