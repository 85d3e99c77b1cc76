using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Execute;

/// <summary>Fused multiply-adds alone, on vectors of the machine's width, in enough independent chains to hide their latency.</summary>
internal static class MultiplyAdds
{
    /// <summary>How many operations a call does, a multiply-add counting as two.</summary>
    internal static double Flops<T>()
        where T : unmanaged => 2.0 * Rounds * Chains * (Vector512.IsHardwareAccelerated ? Vector512<T>.Count : Vector<T>.Count);

    private const int Rounds = 20_000;
    private const int Chains = 12;

    /// <summary>Runs them. The result keeps the work from being left out.</summary>
    internal static T Run<T>()
        where T : unmanaged, INumber<T> => Vector512.IsHardwareAccelerated ? Wide<T>() : Narrow<T>();

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T Wide<T>()
        where T : unmanaged, INumber<T>
    {
        Vector512<T> x = Vector512.Create(T.One), y = Vector512.Create(T.Zero);
        Vector512<T> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int round = 0; round < Rounds; round++)
        {
            a = Fma(x, y, a);
            b = Fma(x, y, b);
            c = Fma(x, y, c);
            d = Fma(x, y, d);
            e = Fma(x, y, e);
            f = Fma(x, y, f);
            g = Fma(x, y, g);
            h = Fma(x, y, h);
            i = Fma(x, y, i);
            j = Fma(x, y, j);
            k = Fma(x, y, k);
            l = Fma(x, y, l);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T Narrow<T>()
        where T : unmanaged, INumber<T>
    {
        Vector<T> x = Vector<T>.One, y = Vector<T>.Zero;
        Vector<T> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int round = 0; round < Rounds; round++)
        {
            a = Fma(x, y, a);
            b = Fma(x, y, b);
            c = Fma(x, y, c);
            d = Fma(x, y, d);
            e = Fma(x, y, e);
            f = Fma(x, y, f);
            g = Fma(x, y, g);
            h = Fma(x, y, h);
            i = Fma(x, y, i);
            j = Fma(x, y, j);
            k = Fma(x, y, k);
            l = Fma(x, y, l);
        }

        return Vector.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static Vector512<T> Fma<T>(Vector512<T> x, Vector512<T> y, Vector512<T> z) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    private static Vector<T> Fma<T>(Vector<T> x, Vector<T> y, Vector<T> z) => typeof(T) == typeof(float)
        ? Vector.FusedMultiplyAdd(Vector.AsVectorSingle(x), Vector.AsVectorSingle(y), Vector.AsVectorSingle(z)).As<float, T>()
        : Vector.FusedMultiplyAdd(Vector.AsVectorDouble(x), Vector.AsVectorDouble(y), Vector.AsVectorDouble(z)).As<double, T>();
}
