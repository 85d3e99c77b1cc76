using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Lanes from places of their own, by the processor's gathers of 32 bytes.</summary>
internal sealed partial class MethodWriter
{
    private const int GatherBytes = 32;

    private bool HasGather(LoopValue load) =>
        Vectors.Bytes >= GatherBytes && Avx2.IsSupported && IsDirect(load.Buffer!.Type) && !kinds[load.Operands[0]].IsAffine;

    private void LoadGathered(LoopValue value, int size)
    {
        LoopValue offset = value.Operands[0];
        Type lane = HostTypes.Number(value.Type);
        LocalBuilder[] parts = PartsOf(value, size);
        for (int part = 0; part < parts.Length; part++)
        {
            LocalBuilder places = il.DeclareLocal(Vectors.Of(HostTypes.Mask(size)));
            PushPlaces(offset, size, part);
            il.Emit(OpCodes.Stloc, places);
            if (Vectors.Bytes == GatherBytes)
            {
                il.Emit(OpCodes.Ldloc, addresses[value.Buffer!.Number]);
                il.Emit(OpCodes.Ldloc, places);
                CallGather(lane, size);
            }
            else
            {
                GatherHalf("GetLower");
                GatherHalf("GetUpper");
                Type half = target.Tables[1].Of(lane);
                Call(Vectors.Method("Create", lane, half, half));
            }

            il.Emit(OpCodes.Stloc, parts[part]);

            void GatherHalf(string half)
            {
                il.Emit(OpCodes.Ldloc, addresses[value.Buffer!.Number]);
                il.Emit(OpCodes.Ldloc, places);
                Call(Vectors.Method(half, HostTypes.Mask(size), Vectors.Of(HostTypes.Mask(size))));
                CallGather(lane, size);
            }
        }
    }

    /// <summary>Offsets in integers of the elements' size; the first element in lanes that do not count. No array has 2³¹ elements.</summary>
    private void PushPlaces(LoopValue offset, int size, int part)
    {
        if (size == 8)
        {
            PushPlacesOf(part);
            return;
        }

        Type vector = Vectors.Of(typeof(long));
        PushPlacesOf(2 * part);
        PushPlacesOf((2 * part) + 1);
        Call(Vectors.Method("Narrow", typeof(long), vector, vector));

        void PushPlacesOf(int wide)
        {
            PushPart(offset, 8, wide);
            if (lanes!.Active is not null)
            {
                PushMask(8, wide, typeof(long));
                Call(Vectors.Method("op_BitwiseAnd", typeof(long), Vectors.Of(typeof(long)), Vectors.Of(typeof(long))));
            }
        }
    }

    private void CallGather(Type lane, int size)
    {
        il.Emit(OpCodes.Ldc_I4, size);
        Type places = target.Tables.First(table => table.Bytes == GatherBytes).Of(HostTypes.Mask(size));
        Call(typeof(Avx2).GetMethod(
            nameof(Avx2.GatherVector256), BindingFlags.Public | BindingFlags.Static, [lane.MakePointerType(), places, typeof(byte)])!);
    }
}
