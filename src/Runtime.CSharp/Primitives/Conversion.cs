using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Conversion of arrays between dtypes, as <see cref="Convert"/> says.</summary>
internal static class Conversion
{
    internal static NDArray To(NDArray x, DType target) => (x.Type, target) switch
    {
        (DType.C128, DType.C64) => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<Complex>(), Complex64.FromComplex)),
        (DType.C64, DType.C128) => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<Complex64>(), item => item.ToComplex())),
        _ when x.Type == target => x,
        (DType.Bool, _) => To(NDArray.Own(x.Shape, Array.ConvertAll(x.Data<bool>(), item => item ? (byte)1 : (byte)0)), target),
        _ => Elements.RunNumbers(x.Type, new Loop(x, target)),
    };

    private static NDArray Map<TStored, TWork, TElement, TResult>(NDArray x, Func<TWork, TResult> convert)
        where TStored : unmanaged
        where TResult : unmanaged
        where TElement : struct, IElement<TStored, TWork> =>
        NDArray.Own(x.Shape, Array.ConvertAll(x.Data<TStored>(), item => convert(TElement.Load(item))));

    private readonly struct Loop(NDArray x, DType target) : INumberLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged, INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork> => target switch
            {
                DType.F64 => Map<TStored, TWork, TElement, double>(x, double.CreateTruncating),
                DType.F32 => Map<TStored, TWork, TElement, float>(x, float.CreateTruncating),
                DType.F16 => Map<TStored, TWork, TElement, Half>(x, static item => (Half)double.CreateTruncating(item)),
                DType.BF16 => Map<TStored, TWork, TElement, BFloat16>(
                    x,
                    typeof(TWork) == typeof(long) || typeof(TWork) == typeof(ulong)
                        ? BFloat16.FromInteger
                        : static item => BFloat16.FromDouble(double.CreateTruncating(item))),
                DType.C64 => Map<TStored, TWork, TElement, Complex64>(x, item => new(float.CreateTruncating(item), 0)),
                DType.C128 => Map<TStored, TWork, TElement, Complex>(x, item => new(double.CreateTruncating(item), 0)),
                DType.Bool => Map<TStored, TWork, TElement, bool>(x, item => !TWork.IsZero(item)),
                DType.I8 => ToInteger<TStored, TWork, TElement, sbyte>(),
                DType.I16 => ToInteger<TStored, TWork, TElement, short>(),
                DType.I32 => ToInteger<TStored, TWork, TElement, int>(),
                DType.I64 => ToInteger<TStored, TWork, TElement, long>(),
                DType.U8 => ToInteger<TStored, TWork, TElement, byte>(),
                DType.U16 => ToInteger<TStored, TWork, TElement, ushort>(),
                DType.U32 => ToInteger<TStored, TWork, TElement, uint>(),
                _ => ToInteger<TStored, TWork, TElement, ulong>(),
            };

        private NDArray ToInteger<TStored, TWork, TElement, TResult>()
            where TStored : unmanaged
            where TWork : unmanaged, INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork>
            where TResult : unmanaged, IBinaryInteger<TResult> => Map<TStored, TWork, TElement, TResult>(
                x,
                typeof(TWork) == typeof(double) || typeof(TWork) == typeof(float)
                    ? static item => TWork.IsNaN(item) ? TResult.Zero : TResult.CreateSaturating(item)
                    : TResult.CreateTruncating);
    }
}
