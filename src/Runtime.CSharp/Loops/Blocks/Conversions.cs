using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Loops.Blocks;

/// <summary>A number in another type: integers wrap, floating numbers are rounded once, floating to integer is cut and saturates, NaN is 0.</summary>
internal readonly struct Cast<TFrom, TTo> : IEach<TFrom, TTo>
    where TFrom : unmanaged, INumber<TFrom>
    where TTo : unmanaged, INumber<TTo>
{
    public static TTo Apply(TFrom x)
    {
        if (typeof(TFrom) == typeof(ulong) && typeof(TTo) == typeof(float))
        {
            // Halved with its last bit kept where something is cut off, so that ties are seen.
            ulong bits = ulong.CreateTruncating(x);
            return TTo.CreateTruncating((long)bits >= 0 ? (float)(long)bits : 2f * (long)((bits >> 1) | (bits & 1)));
        }

        if (typeof(TFrom) == typeof(ulong) && typeof(TTo) == typeof(double))
        {
            ulong bits = ulong.CreateTruncating(x);
            return TTo.CreateTruncating((long)bits >= 0 ? (double)(long)bits : 2.0 * (long)((bits >> 1) | (bits & 1)));
        }

        bool cuts = (typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double)) && typeof(TTo) != typeof(float) && typeof(TTo) != typeof(double);
        return cuts ? TTo.CreateSaturating(x) : TTo.CreateTruncating(x);
    }
}

/// <summary>Whether a number is not zero.</summary>
internal readonly struct Truth<TFrom> : IEach<TFrom, byte>
    where TFrom : INumberBase<TFrom>
{
    public static byte Apply(TFrom x) => TFrom.IsZero(x) ? (byte)0 : (byte)1;
}

/// <summary>How elements are stored, and computed with.</summary>
internal interface IStorage<TStored, TWork>
{
    static abstract TWork Load(TStored x);

    static abstract TStored Store(TWork y);
}

/// <summary>What is computed with as it is stored.</summary>
internal readonly struct SameStorage<T> : IStorage<T, T>
{
    public static T Load(T x) => x;

    public static T Store(T y) => y;
}

/// <summary>Integers of 8 and 16 bits, computed with in 32.</summary>
internal readonly struct SmallStorage<TStored, TWork> : IStorage<TStored, TWork>
    where TStored : INumberBase<TStored>
    where TWork : INumberBase<TWork>
{
    public static TWork Load(TStored x) => TWork.CreateTruncating(x);

    public static TStored Store(TWork y) => TStored.CreateTruncating(y);
}

/// <summary>f16, computed with in f32.</summary>
internal readonly struct HalfStorage : IStorage<Half, float>
{
    public static float Load(Half x) => (float)x;

    public static Half Store(float y) => (Half)y;
}

/// <summary>bf16, computed with in f32.</summary>
internal readonly struct BFloat16Storage : IStorage<BFloat16, float>
{
    public static float Load(BFloat16 x) => x.ToSingle();

    public static BFloat16 Store(float y) => BFloat16.FromSingle(y);
}

/// <summary>A number as it comes back from its storage.</summary>
internal readonly struct Through<TStored, TWork, TStorage> : IEach<TWork, TWork>
    where TStorage : struct, IStorage<TStored, TWork>
{
    public static TWork Apply(TWork x) => TStorage.Load(TStorage.Store(x));
}
