using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Arrays of dtypes that only store, to and from the dtype that computes: f16 and bf16 in f32, c64 in c128, bool in u8.</summary>
internal static class StoredNumbers
{
    /// <summary>The same numbers, exactly, in the dtype that computes; the array itself where that is its own.</summary>
    internal static NDArray Widen(NDArray x) => x.Storage switch
    {
        Half[] half => NDArray.Own(x.Shape, Array.ConvertAll(half, number => (float)number)),
        BFloat16[] brain => NDArray.Own(x.Shape, Array.ConvertAll(brain, number => number.ToSingle())),
        Complex64[] complex => NDArray.Own(x.Shape, Array.ConvertAll(complex, number => number.ToComplex())),
        bool[] flags => NDArray.Own(x.Shape, Array.ConvertAll(flags, flag => flag ? (byte)1 : (byte)0)),
        _ => x,
    };

    /// <summary>Computed numbers rounded once to a dtype that only stores.</summary>
    internal static NDArray Round(NDArray x, DType type) => type switch
    {
        DType.F16 => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<float>(), number => (Half)number)),
        DType.BF16 => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<float>(), BFloat16.FromSingle)),
        DType.C64 => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<Complex>(), Complex64.FromComplex)),
        DType.Bool => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<byte>(), flag => flag != 0)),
        _ => x,
    };
}
