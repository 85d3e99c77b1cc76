using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>How columns are read that <see cref="SmallDots"/> multiplies.</summary>
internal unsafe interface ISmallColumns
{
    /// <summary>Quarters of a vector that a segment has.</summary>
    static abstract int Quarters { get; }

    /// <summary>Whether products are a few instructions, so that all vectors of a sum stay in registers.</summary>
    static abstract bool IsShort { get; }

    /// <summary>The products of a vector of columns with the left factor, each in its segment.</summary>
    static abstract Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A column in 128 bits, with room behind it or between it and the next.</summary>
internal readonly unsafe struct QuarterPacked : ISmallColumns
{
    public static int Quarters => 1;

    public static bool IsShort => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector128<T> left = sizeof(T) == sizeof(float)
            ? Avx.MaskLoad((float*)x, plan.Valid.GetLower().GetLower().AsSingle()).As<float, T>()
            : Avx.MaskLoad((double*)x, plan.Valid.GetLower().GetLower().AsDouble()).As<double, T>();
        return plan.Spread(b) * Vector512.Create(left) & plan.Valid;
    }
}

/// <summary>Columns of 128 bits, side by side.</summary>
internal readonly unsafe struct QuarterWhole : ISmallColumns
{
    public static int Quarters => 1;

    public static bool IsShort => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector512.Load(b) * Vector512.Create(Vector128.Load(x));
}

/// <summary>A column in 256 bits, with room behind it or between it and the next.</summary>
internal readonly unsafe struct HalfPacked : ISmallColumns
{
    public static int Quarters => 2;

    public static bool IsShort => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector256<T> left = sizeof(T) == sizeof(float)
            ? Avx.MaskLoad((float*)x, plan.Valid.GetLower().AsSingle()).As<float, T>()
            : Avx.MaskLoad((double*)x, plan.Valid.GetLower().AsDouble()).As<double, T>();
        return plan.Spread(b) * Vector512.Create(left) & plan.Valid;
    }
}

/// <summary>Columns of 256 bits, side by side.</summary>
internal readonly unsafe struct HalfWhole : ISmallColumns
{
    public static int Quarters => 2;

    public static bool IsShort => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector512.Load(b) * Vector512.Create(Vector256.Load(x));
}

/// <summary>A column that fills a vector.</summary>
internal readonly unsafe struct Whole : ISmallColumns
{
    public static int Quarters => 4;

    public static bool IsShort => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T> => Lanes512<T>.MultiplyAdd(Vector512.Load(b), Vector512.Load(x), default);
}

/// <summary>One column, of any length.</summary>
internal readonly unsafe struct Long : ISmallColumns
{
    public static int Quarters => 4;

    public static bool IsShort => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Products<T>(in SmallDotPlan<T> plan, T* b, T* x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> sum = default;
        for (int p = 0; p < plan.Whole; p += Vector512<T>.Count)
        {
            sum = Lanes512<T>.MultiplyAdd(Vector512.Load(b + p), Vector512.Load(x + p), sum);
        }

        return plan.Whole == plan.Terms
            ? sum
            : Lanes512<T>.MultiplyAdd(plan.Load(b + plan.Whole), plan.Load(x + plan.Whole), sum);
    }
}
