using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Products within segments of a vector, by doubling: log n steps without division, so right at zeros to any order.</summary>
internal static class SegmentProducts
{
    /// <summary>For each element the product of those before it with the same key; equal keys lie side by side.</summary>
    internal static Value Before(Value x, Value keys)
    {
        int count = x.Tensor.Shape[0].Value;
        Value ones = Ops.OnesLike(x);
        Value product = Ops.Select(SameAs(keys, 1), Shifted(x, 1), ones);
        for (int step = 1; step < count; step *= 2)
        {
            product *= Ops.Select(SameAs(keys, step), Shifted(product, step), ones);
        }

        return product;
    }

    private static Value SameAs(Value keys, int step) => Ops.Equal(keys, Shifted(keys, step, -1));

    private static Value Shifted(Value x, int step, double fill = 1)
    {
        Value padding = Ops.Constant(Scalar.Of(x.Tensor.DType, fill));
        return Ops.Pad(x, padding, new(step), new(-step), new(0));
    }
}
