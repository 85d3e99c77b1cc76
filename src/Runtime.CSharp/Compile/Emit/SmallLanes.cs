using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Compile.Emit;

/// <summary>Numbers of 8 and 16 bits and bools, as lanes of 4 bytes (bools: also of 8, as masks), in vectors of 512 bits.</summary>
internal static unsafe class SmallLanes512
{
    internal static Vector512<uint> LoadU8(byte* p) => Avx512F.ConvertToVector512UInt32(Vector128.Load(p));

    internal static Vector512<int> LoadI8(byte* p) => Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)p));

    internal static Vector512<uint> LoadU16(byte* p) => Vector512.WidenLower(Vector256.Load((ushort*)p).ToVector512Unsafe());

    internal static Vector512<int> LoadI16(byte* p) => Vector512.WidenLower(Vector256.Load((short*)p).ToVector512Unsafe());

    internal static Vector512<int> LoadBool4(byte* p) => ~Vector512.Equals(LoadU8(p).AsInt32(), Vector512<int>.Zero);

    internal static Vector512<long> LoadBool8(byte* p)
    {
        Vector128<byte> bytes = SmallLanes128.EightBytes(p);
        return ~Vector512.Equals(Avx512F.ConvertToVector512Int64(bytes), Vector512<long>.Zero);
    }

    internal static void Store8(byte* p, Vector512<uint> x) => Avx512F.ConvertToVector128Byte(x).Store(p);

    internal static void Store16(byte* p, Vector512<uint> x) => Vector256.Narrow(x.GetLower(), x.GetUpper()).Store((ushort*)p);

    internal static void StoreBool4(byte* p, Vector512<int> x) => Store8(p, x.AsUInt32() & Vector512.Create(1u));

    internal static void StoreBool8(byte* p, Vector512<long> x)
    {
        Vector512<ulong> ones = x.AsUInt64() & Vector512.Create(1ul);
        SmallLanes256.Store8(p, Vector256.Narrow(ones.GetLower(), ones.GetUpper()));
    }
}

/// <summary>Numbers of 8 and 16 bits and bools, as lanes of 4 bytes (bools: also of 8, as masks), in vectors of 256 bits.</summary>
internal static unsafe class SmallLanes256
{
    internal static Vector256<uint> LoadU8(byte* p) => LoadU16(SmallLanes128.Eight(p));

    internal static Vector256<int> LoadI8(byte* p) =>
        Vector256.WidenLower(Vector128.WidenLower(SmallLanes128.EightBytes(p).AsSByte()).ToVector256Unsafe());

    internal static Vector256<uint> LoadU16(byte* p) => LoadU16(Vector128.Load((ushort*)p));

    internal static Vector256<int> LoadI16(byte* p) => Vector256.WidenLower(Vector128.Load((short*)p).ToVector256Unsafe());

    internal static Vector256<int> LoadBool4(byte* p) => ~Vector256.Equals(LoadU8(p).AsInt32(), Vector256<int>.Zero);

    internal static Vector256<long> LoadBool8(byte* p)
    {
        Vector128<uint> wide = SmallLanes128.LoadU8(p);
        return ~Vector256.Equals(Vector256.WidenLower(wide.ToVector256Unsafe()).AsInt64(), Vector256<long>.Zero);
    }

    internal static void Store8(byte* p, Vector256<uint> x)
    {
        Vector128<ushort> half = Vector128.Narrow(x.GetLower(), x.GetUpper());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(half, half).AsUInt64().ToScalar());
    }

    internal static void Store16(byte* p, Vector256<uint> x) => Vector128.Narrow(x.GetLower(), x.GetUpper()).Store((ushort*)p);

    internal static void StoreBool4(byte* p, Vector256<int> x) => Store8(p, x.AsUInt32() & Vector256.Create(1u));

    internal static void StoreBool8(byte* p, Vector256<long> x)
    {
        Vector256<ulong> ones = x.AsUInt64() & Vector256.Create(1ul);
        SmallLanes128.Store8(p, Vector128.Narrow(ones.GetLower(), ones.GetUpper()));
    }

    private static Vector256<uint> LoadU16(Vector128<ushort> x) => Vector256.WidenLower(x.ToVector256Unsafe());
}

/// <summary>Numbers of 8 and 16 bits and bools, as lanes of 4 bytes (bools: also of 8, as masks), in vectors of 128 bits.</summary>
internal static unsafe class SmallLanes128
{
    internal static Vector128<uint> LoadU8(byte* p) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(p)).AsByte()));

    internal static Vector128<int> LoadI8(byte* p) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(p)).AsSByte()));

    internal static Vector128<uint> LoadU16(byte* p) => Vector128.WidenLower(EightBytes(p).AsUInt16());

    internal static Vector128<int> LoadI16(byte* p) => Vector128.WidenLower(EightBytes(p).AsInt16());

    internal static Vector128<int> LoadBool4(byte* p) => ~Vector128.Equals(LoadU8(p).AsInt32(), Vector128<int>.Zero);

    internal static Vector128<long> LoadBool8(byte* p) => Vector128.Create(-(long)p[0], -(long)p[1]);

    internal static void Store8(byte* p, Vector128<uint> x)
    {
        Vector128<ushort> half = Vector128.Narrow(x, x);
        Unsafe.WriteUnaligned(p, Vector128.Narrow(half, half).AsUInt32().ToScalar());
    }

    internal static void Store16(byte* p, Vector128<uint> x) => Unsafe.WriteUnaligned(p, Vector128.Narrow(x, x).AsUInt64().ToScalar());

    internal static void StoreBool4(byte* p, Vector128<int> x) => Store8(p, x.AsUInt32() & Vector128.Create(1u));

    internal static void StoreBool8(byte* p, Vector128<long> x)
    {
        p[0] = (byte)(x.GetElement(0) & 1);
        p[1] = (byte)(x.GetElement(1) & 1);
    }

    /// <summary>Eight numbers of 8 bits as 16.</summary>
    internal static Vector128<ushort> Eight(byte* p) => Vector128.WidenLower(EightBytes(p));

    internal static Vector128<byte> EightBytes(byte* p) => Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(p)).AsByte();
}
