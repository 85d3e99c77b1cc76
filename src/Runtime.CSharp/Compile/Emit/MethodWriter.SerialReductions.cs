using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Reductions over lanes where there are no vectors: the same order, number by number.</summary>
internal sealed partial class MethodWriter
{
    /// <summary>Partial results of all reductions, one after another in the frame; null where there are none.</summary>
    private LocalBuilder? PrepareSerialReductions(ForItem loop)
    {
        if (!Needed(loop).Any())
        {
            return null;
        }

        LocalBuilder place = il.DeclareLocal(typeof(long));
        foreach (LoopReduction reduction in Needed(loop))
        {
            DType type = Held(reduction);
            int start = SerialPlace(reduction);
            Repeat(place, LoopTypes.Partials(type), () =>
            {
                PushPartial(start, place, type);
                PushConstant(type, LoopIdentities.Of(reduction.Op, reduction.Element.Type));
                StoreStored(type);
            });
        }

        return place;
    }

    /// <summary>The type that partial results are held in.</summary>
    private static DType Held(LoopReduction reduction) => reduction.Element.Type == DType.Bool ? DType.I32 : reduction.Element.Type;

    private readonly Dictionary<LoopReduction, int> serialPlaces = new(ReferenceEqualityComparer.Instance);

    private int SerialPlace(LoopReduction reduction)
    {
        if (!serialPlaces.TryGetValue(reduction, out int place))
        {
            serialPlaces[reduction] = place = frame.Take(PartialBytes);
        }

        return place;
    }

    private void JoinSerial(ForItem loop, LocalBuilder? place)
    {
        foreach (LoopReduction reduction in Needed(loop))
        {
            DType type = Held(reduction);
            int start = SerialPlace(reduction);
            PushNumber(loop.Index);
            il.Emit(OpCodes.Ldc_I8, LoopTypes.Partials(type) - 1L);
            il.Emit(OpCodes.And);
            il.Emit(OpCodes.Stloc, place!);
            PushPartial(start, place!, type);
            PushPartial(start, place!, type);
            LoadStored(type);
            PushNumber(reduction.Element);
            WriteJoin(reduction.Op, reduction.Element.Type);
            StoreStored(type);
        }
    }

    private void FinishSerialReductions(ForItem loop)
    {
        foreach (LoopReduction reduction in Needed(loop))
        {
            DType type = Held(reduction);
            int start = SerialPlace(reduction);
            LocalBuilder place = il.DeclareLocal(typeof(long));
            for (int half = LoopTypes.Partials(type) / 2; half > 0; half /= 2)
            {
                int distance = half * type.Size();
                Repeat(place, half, () =>
                {
                    PushPartial(start, place, type);
                    PushPartial(start, place, type);
                    LoadStored(type);
                    PushPartial(start + distance, place, type);
                    LoadStored(type);
                    WriteJoin(reduction.Op, reduction.Element.Type);
                    StoreStored(type);
                });
            }

            PushFrame(start);
            LoadStored(type);
            StoreNumber(reduction.Result);
            CorrectEmptySum(loop, reduction);
            Settle(reduction.Result);
        }
    }

    private void PushPartial(int start, LocalBuilder place, DType type)
    {
        PushFrame(start);
        il.Emit(OpCodes.Ldloc, place);
        il.Emit(OpCodes.Ldc_I8, (long)type.Size());
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    private void Repeat(LocalBuilder index, int count, Action body)
    {
        Label again = il.DefineLabel();
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Stloc, index);
        il.MarkLabel(again);
        body();
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I8, 1L);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, index);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I8, (long)count);
        il.Emit(OpCodes.Blt, again);
    }
}
