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

    /// <summary>A new array of this dtype's elements: zero, or anything where that is said to do; pinned, it never moves.</summary>
    internal static Array NewArray(this DType type, int length, bool zero = true, bool pinned = false) => type switch
    {
        DType.Bool => New<bool>(length, zero, pinned),
        DType.U8 => New<byte>(length, zero, pinned),
        DType.U16 => New<ushort>(length, zero, pinned),
        DType.U32 => New<uint>(length, zero, pinned),
        DType.U64 => New<ulong>(length, zero, pinned),
        DType.I8 => New<sbyte>(length, zero, pinned),
        DType.I16 => New<short>(length, zero, pinned),
        DType.I32 => New<int>(length, zero, pinned),
        DType.I64 => New<long>(length, zero, pinned),
        DType.F16 => New<Half>(length, zero, pinned),
        DType.BF16 => New<BFloat16>(length, zero, pinned),
        DType.F32 => New<float>(length, zero, pinned),
        DType.F64 => New<double>(length, zero, pinned),
        DType.C64 => New<Complex64>(length, zero, pinned),
        DType.C128 => New<Complex>(length, zero, pinned),
        _ => throw new DTypeException($"dtype: {type} is no dtype."),
    };

    private static T[] New<T>(int length, bool zero, bool pinned) =>
        zero ? GC.AllocateArray<T>(length, pinned) : GC.AllocateUninitializedArray<T>(length, pinned);
}
