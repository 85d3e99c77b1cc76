using System.Numerics;

namespace Adjoint.Core;

/// <summary>The type of a tensor's elements. f16 and bf16 are storage: arithmetic on them is in f32, rounded once an operation.</summary>
public enum DType
{
    /// <summary>true or false, one byte.</summary>
    Bool,

    /// <summary>Unsigned integer, 8 bits.</summary>
    U8,

    /// <summary>Unsigned integer, 16 bits.</summary>
    U16,

    /// <summary>Unsigned integer, 32 bits.</summary>
    U32,

    /// <summary>Unsigned integer, 64 bits.</summary>
    U64,

    /// <summary>Signed integer, 8 bits.</summary>
    I8,

    /// <summary>Signed integer, 16 bits.</summary>
    I16,

    /// <summary>Signed integer, 32 bits.</summary>
    I32,

    /// <summary>Signed integer, 64 bits.</summary>
    I64,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>The upper half of an IEEE 754 binary32.</summary>
    BF16,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>Complex number of two f32.</summary>
    C64,

    /// <summary>Complex number of two f64.</summary>
    C128,
}

/// <summary>What is known of each <see cref="DType"/>.</summary>
public static class DTypes
{
    private static readonly string[] Names =
        ["bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64", "c64", "c128"];

    private static readonly int[] Sizes = [1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16];

    /// <summary>Every dtype, in the order of the enumeration.</summary>
    public static IReadOnlyList<DType> All { get; } = Enum.GetValues<DType>();

    /// <summary>The printed name: f32, i64, bool…</summary>
    public static string Name(this DType type) => Names[(int)type];

    /// <summary>Bytes an element.</summary>
    public static int Size(this DType type) => Sizes[(int)type];

    /// <summary>f16, bf16, f32 or f64.</summary>
    public static bool IsFloating(this DType type) => type is >= DType.F16 and <= DType.F64;

    /// <summary>c64 or c128.</summary>
    public static bool IsComplex(this DType type) => type is DType.C64 or DType.C128;

    /// <summary>A signed or unsigned integer.</summary>
    public static bool IsInteger(this DType type) => type is >= DType.U8 and <= DType.I64;

    /// <summary>u8, u16, u32 or u64.</summary>
    public static bool IsUnsigned(this DType type) => type is >= DType.U8 and <= DType.U64;

    /// <summary>Floating or complex: values of this type have tangents.</summary>
    public static bool IsDifferentiable(this DType type) => type.IsFloating() || type.IsComplex();

    /// <summary>The dtype of a complex number's parts.</summary>
    public static DType RealPart(this DType type) => type switch
    {
        DType.C64 => DType.F32,
        DType.C128 => DType.F64,
        _ => type,
    };

    /// <summary>Distance from 1 to the next larger number of a floating (or complex) dtype; 0 for others.</summary>
    public static double Epsilon(this DType type) => type switch
    {
        DType.F16 => 9.765625e-4,
        DType.BF16 => 7.8125e-3,
        DType.F32 or DType.C64 => 1.1920928955078125e-7,
        DType.F64 or DType.C128 => 2.220446049250313e-16,
        _ => 0.0,
    };

    /// <summary>The dtype with this printed name, or null.</summary>
    public static DType? Parse(string name)
    {
        int index = Array.IndexOf(Names, name);
        return index < 0 ? null : (DType)index;
    }

    /// <summary>The dtype whose elements are held as <typeparamref name="T"/>.</summary>
    /// <exception cref="DTypeException">T holds no dtype.</exception>
    public static DType Of<T>()
        where T : unmanaged => TryOf(typeof(T))
            ?? throw new DTypeException($"dtype: elements of type {typeof(T).Name} have no dtype.");

    /// <summary>The dtype whose elements are held as this type, or null.</summary>
    public static DType? TryOf(Type type) =>
        type == typeof(float) ? DType.F32
        : type == typeof(double) ? DType.F64
        : type == typeof(int) ? DType.I32
        : type == typeof(long) ? DType.I64
        : type == typeof(bool) ? DType.Bool
        : type == typeof(byte) ? DType.U8
        : type == typeof(ushort) ? DType.U16
        : type == typeof(uint) ? DType.U32
        : type == typeof(ulong) ? DType.U64
        : type == typeof(sbyte) ? DType.I8
        : type == typeof(short) ? DType.I16
        : type == typeof(Half) ? DType.F16
        : type == typeof(BFloat16) ? DType.BF16
        : type == typeof(Complex64) ? DType.C64
        : type == typeof(Complex) ? DType.C128
        : null;

    /// <summary>A new array of this dtype's elements, zero.</summary>
    internal static Array NewArray(this DType type, int length) => type switch
    {
        DType.Bool => new bool[length],
        DType.U8 => new byte[length],
        DType.U16 => new ushort[length],
        DType.U32 => new uint[length],
        DType.U64 => new ulong[length],
        DType.I8 => new sbyte[length],
        DType.I16 => new short[length],
        DType.I32 => new int[length],
        DType.I64 => new long[length],
        DType.F16 => new Half[length],
        DType.BF16 => new BFloat16[length],
        DType.F32 => new float[length],
        DType.F64 => new double[length],
        DType.C64 => new Complex64[length],
        DType.C128 => new Complex[length],
        _ => throw new DTypeException($"dtype: {type} is no dtype."),
    };
}
