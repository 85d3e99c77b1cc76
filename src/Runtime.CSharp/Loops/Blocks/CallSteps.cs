using System.Reflection;
using System.Runtime.CompilerServices;
using Adjoint.Core;

namespace Adjoint.Loops.Blocks;

/// <summary>Calls a static method of numbers, for each lane.</summary>
internal sealed unsafe class CallStep : BlockStep
{
    private readonly MethodInvoker method;
    private readonly Place[] operands;
    private readonly DType[] types;
    private readonly Place result;
    private readonly DType type;

    internal CallStep(MethodInfo method, Place[] operands, DType[] types, Place result, DType type)
    {
        this.method = MethodInvoker.Create(method);
        this.operands = operands;
        this.types = types;
        this.result = result;
        this.type = type;
    }

    internal override bool Run(ref BlockFrame frame)
    {
        int lanes = result.IsBlock ? frame.Count : 1;
        byte* place = (result.IsBlock ? frame.Blocks : frame.Numbers) + result.Offset;
        var arguments = new object?[operands.Length];
        for (int lane = 0; lane < lanes; lane++)
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                byte* from = operands[i].IsBlock ? frame.Blocks + operands[i].Offset + (lane * types[i].Size()) : frame.Numbers + operands[i].Offset;
                arguments[i] = Read(from, types[i]);
            }

            Write(place + (lane * type.Size()), method.Invoke(null, arguments.AsSpan()), type);
        }

        return true;
    }

    private static object Read(byte* from, DType type) => type switch
    {
        DType.Bool => *from != 0,
        DType.I32 => *(int*)from,
        DType.U32 => *(uint*)from,
        DType.I64 => *(long*)from,
        DType.U64 => *(ulong*)from,
        DType.F32 => *(float*)from,
        _ => *(double*)from,
    };

    private static void Write(byte* to, object? value, DType type)
    {
        switch (type)
        {
            case DType.Bool: *to = (bool)value! ? (byte)1 : (byte)0; break;
            case DType.I32: *(int*)to = (int)value!; break;
            case DType.U32: *(uint*)to = (uint)value!; break;
            case DType.I64: *(long*)to = (long)value!; break;
            case DType.U64: *(ulong*)to = (ulong)value!; break;
            case DType.F32: *(float*)to = (float)value!; break;
            default: *(double*)to = (double)value!; break;
        }
    }
}

/// <summary>Calls a static method of one or two numbers of one type.</summary>
internal sealed unsafe class DelegateStep<T>(Func<T, T>? one, Func<T, T, T>? two, Place x, Place y, Place z) : BlockStep
    where T : unmanaged
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (!z.IsBlock)
        {
            *(T*)(frame.Numbers + z.Offset) = Apply(*(T*)(frame.Numbers + x.Offset), *(T*)(frame.Numbers + y.Offset));
            return true;
        }

        var left = (T*)(frame.Blocks + x.Offset);
        var right = (T*)(frame.Blocks + y.Offset);
        var to = (T*)(frame.Blocks + z.Offset);
        for (int i = 0; i < frame.Count; i++)
        {
            to[i] = Apply(left[i], right[i]);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Apply(T x, T y) => one is null ? two!(x, y) : one(x);
}
