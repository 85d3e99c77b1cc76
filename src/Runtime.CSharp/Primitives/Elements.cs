using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>How elements as they are stored become numbers to compute with, and back: rounded or wrapped once.</summary>
internal interface IElement<TStored, TWork>
{
    static abstract TWork Load(TStored x);

    static abstract TStored Store(TWork y);
}

/// <summary>A loop over elements, written once for all dtypes.</summary>
internal interface IElementLoop
{
    NDArray Run<TStored, TWork, TElement>()
        where TStored : unmanaged
        where TWork : unmanaged
        where TElement : struct, IElement<TStored, TWork>;
}

/// <summary>A loop over elements that are numbers, written once for all dtypes but bool.</summary>
internal interface INumberLoop
{
    NDArray Run<TStored, TWork, TElement>()
        where TStored : unmanaged
        where TWork : unmanaged, INumberBase<TWork>
        where TElement : struct, IElement<TStored, TWork>;
}

/// <summary>Elements that are computed with as they are stored: f32, f64, c128, i64, u64, bool.</summary>
internal readonly struct Plain<T> : IElement<T, T>
{
    public static T Load(T x) => x;

    public static T Store(T y) => y;
}

/// <summary>f16, computed with in f32.</summary>
internal readonly struct HalfElement : IElement<Half, float>
{
    public static float Load(Half x) => (float)x;

    public static Half Store(float y) => (Half)y;
}

/// <summary>bf16, computed with in f32.</summary>
internal readonly struct BFloat16Element : IElement<BFloat16, float>
{
    public static float Load(BFloat16 x) => x.ToSingle();

    public static BFloat16 Store(float y) => BFloat16.FromSingle(y);
}

/// <summary>c64, computed with in c128.</summary>
internal readonly struct Complex64Element : IElement<Complex64, Complex>
{
    public static Complex Load(Complex64 x) => x.ToComplex();

    public static Complex64 Store(Complex y) => Complex64.FromComplex(y);
}

/// <summary>Signed integers, computed with in 64 bits and wrapped.</summary>
internal readonly struct SignedElement<T> : IElement<T, long>
    where T : IBinaryInteger<T>
{
    public static long Load(T x) => long.CreateTruncating(x);

    public static T Store(long y) => T.CreateTruncating(y);
}

/// <summary>Unsigned integers, or the bits of signed ones, computed with in 64 bits and wrapped.</summary>
internal readonly struct BitsElement<T> : IElement<T, ulong>
    where T : unmanaged, IBinaryInteger<T>
{
    private static readonly ulong Mask = ulong.MaxValue >> (64 - (8 * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));

    public static ulong Load(T x) => ulong.CreateTruncating(x) & Mask;

    public static T Store(ulong y) => T.CreateTruncating(y);
}

/// <summary>Chooses the storage and the arithmetic of a dtype.</summary>
internal static class Elements
{
    /// <summary>Runs a loop for elements of a dtype.</summary>
    internal static NDArray Run<TLoop>(DType type, TLoop loop)
        where TLoop : IElementLoop => type == DType.Bool
            ? loop.Run<bool, bool, Plain<bool>>()
            : RunNumbers(type, new OfNumbers<TLoop>(loop));

    /// <summary>Runs a loop for elements of a dtype other than bool.</summary>
    internal static NDArray RunNumbers<TLoop>(DType type, TLoop loop)
        where TLoop : INumberLoop => type switch
        {
            DType.F32 => loop.Run<float, float, Plain<float>>(),
            DType.F64 => loop.Run<double, double, Plain<double>>(),
            DType.I64 => loop.Run<long, long, Plain<long>>(),
            DType.I32 => loop.Run<int, long, SignedElement<int>>(),
            DType.I8 => loop.Run<sbyte, long, SignedElement<sbyte>>(),
            DType.I16 => loop.Run<short, long, SignedElement<short>>(),
            DType.F16 => loop.Run<Half, float, HalfElement>(),
            DType.BF16 => loop.Run<BFloat16, float, BFloat16Element>(),
            DType.C64 => loop.Run<Complex64, Complex, Complex64Element>(),
            DType.C128 => loop.Run<Complex, Complex, Plain<Complex>>(),
            _ => RunBits(type, loop),
        };

    /// <summary>Runs a loop over the bits of integers and bools, without sign extension.</summary>
    internal static NDArray RunBitsOrBools<TLoop>(DType type, TLoop loop)
        where TLoop : IElementLoop => type == DType.Bool
            ? loop.Run<bool, bool, Plain<bool>>()
            : RunBits(type, new OfNumbers<TLoop>(loop));

    private static NDArray RunBits<TLoop>(DType type, TLoop loop)
        where TLoop : INumberLoop => type switch
        {
            DType.U8 => loop.Run<byte, ulong, BitsElement<byte>>(),
            DType.U16 => loop.Run<ushort, ulong, BitsElement<ushort>>(),
            DType.U32 => loop.Run<uint, ulong, BitsElement<uint>>(),
            DType.U64 => loop.Run<ulong, ulong, Plain<ulong>>(),
            DType.I8 => loop.Run<sbyte, ulong, BitsElement<sbyte>>(),
            DType.I16 => loop.Run<short, ulong, BitsElement<short>>(),
            DType.I32 => loop.Run<int, ulong, BitsElement<int>>(),
            DType.I64 => loop.Run<long, ulong, BitsElement<long>>(),
            _ => throw new DTypeException($"dtype: {type.Name()} is no dtype for this."),
        };

    private readonly struct OfNumbers<TLoop>(TLoop loop) : INumberLoop
        where TLoop : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged, INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork> => loop.Run<TStored, TWork, TElement>();
    }
}
