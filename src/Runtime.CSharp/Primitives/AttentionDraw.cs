using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Operands to try attention and its derivatives on.</summary>
internal sealed record AttentionDraw(
    AttentionSizes Sizes, bool Causal, Scalar Scale, ImmutableArray<NDArray> Primals, ImmutableArray<NDArray> Mask)
{
    internal static AttentionDraw From(SampleSource source)
    {
        DType type = source.Floating() == DType.F64 ? DType.F64 : DType.F32;
        bool causal = source.Bool();
        int queries = source.Int(1, 3), keyHeads = source.Int(1, 2);
        var sizes = new AttentionSizes(
            source.Shape(0, 1, 1, 2),
            queries,
            source.Int(causal ? queries : 1, 4),
            keyHeads * source.Int(1, 2),
            keyHeads,
            source.Int(1, 3),
            source.Int(1, 3),
            type);
        ImmutableArray<NDArray> primals = [Real(source, sizes.Query), Real(source, sizes.Key), Real(source, sizes.Value)];
        return new(sizes, causal, Scalar.Of(DType.F64, 0.5), primals, DrawMask(source, sizes));
    }

    /// <summary>A floating array of a type, from the smooth domain.</summary>
    internal static NDArray Real(SampleSource source, TensorType type) => source.Real(type.DType, type.Shape, Domain.All);

    /// <summary>Arrays like queries, keys and values.</summary>
    internal ImmutableArray<NDArray> Others(SampleSource source) => [Real(source, Sizes.Query), Real(source, Sizes.Key), Real(source, Sizes.Value)];

    /// <summary>Nothing, numbers to add, or a mask through which every query sees the first key, with some axes of extent 1.</summary>
    private static ImmutableArray<NDArray> DrawMask(SampleSource source, AttentionSizes sizes)
    {
        int kind = source.Int(0, 2);
        if (kind == 0)
        {
            return [];
        }

        var shape = new Shape(sizes.Scores.Select(extent => source.Bool() ? extent : 1));
        if (kind == 1)
        {
            return [Real(source, new(sizes.Type, shape))];
        }

        bool[] seen = source.Bools(shape).ToArray<bool>();
        for (int i = 0; i < seen.Length; i += shape[^1].Value)
        {
            seen[i] = true;
        }

        return [NDArray.Of<bool>(shape, seen)];
    }
}
