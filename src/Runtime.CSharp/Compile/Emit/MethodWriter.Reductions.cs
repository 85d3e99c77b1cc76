using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Reductions over lanes, in the order of <see cref="LoopReduction"/>: partial results lie in the frame, or in registers in the main loop.</summary>
internal sealed partial class MethodWriter
{
    internal const int PartialBytes = 256;

    private IEnumerable<LoopReduction> Needed(ForItem loop) => loop.Reductions.Where(reduction => demands.IsNeeded(reduction.Result));

    private List<Accumulator> PrepareReductions(ForItem loop)
    {
        List<Accumulator> accumulators = [];
        foreach (LoopReduction reduction in Needed(loop))
        {
            int size = Math.Max(reduction.Element.Type.Size(), 4);
            accumulators.Add(new Accumulator(reduction, size, HostTypes.Lane(reduction.Element.Type, size), frame.Take(PartialBytes)));
        }

        return accumulators;
    }

    /// <summary>Partial results begin with what changes nothing.</summary>
    private void ClearAccumulators(IEnumerable<Accumulator> accumulators)
    {
        foreach (Accumulator accumulator in accumulators)
        {
            DType type = accumulator.Reduction.Element.Type;
            for (int place = 0; place < PartialBytes; place += Vectors.Bytes)
            {
                PushFrame(accumulator.Place + place);
                PushConstantVector(type, accumulator.Size, LoopIdentities.Of(accumulator.Reduction.Op, type));
                PushVectorStore(accumulator.Lane);
            }
        }
    }

    /// <summary>Joins the elements of a step whose place is known: the first that come to a partial result are it.</summary>
    private void JoinKnown(Accumulator accumulator, long start)
    {
        for (int part = 0; part < lanes!.Parts(accumulator.Size); part++)
        {
            ref LocalBuilder? held = ref accumulator.Known![(int)(((start * accumulator.Size / Vectors.Bytes) + part) % accumulator.Known.Length)];
            if (held is null)
            {
                held = il.DeclareLocal(Vectors.Of(accumulator.Lane));
                PushElement(accumulator, part);
            }
            else
            {
                il.Emit(OpCodes.Ldloc, held);
                PushElement(accumulator, part);
                Join(accumulator.Reduction.Op, accumulator.Reduction.Element.Type, accumulator.Lane, Vectors, 2);
            }

            il.Emit(OpCodes.Stloc, held);
        }
    }

    /// <summary>Whether a step covers all partial results, so that they begin and stay in registers.</summary>
    private static bool IsHeld(Accumulator accumulator, int step) => step * accumulator.Size % PartialBytes == 0;

    /// <summary>Begins partial results in registers.</summary>
    private void HoldAccumulators(List<Accumulator> accumulators, int step)
    {
        foreach (Accumulator accumulator in accumulators.Where(accumulator => IsHeld(accumulator, step)))
        {
            DType type = accumulator.Reduction.Element.Type;
            accumulator.Held = Declare(Vectors.Of(accumulator.Lane), PartialBytes / Vectors.Bytes);
            foreach (LocalBuilder held in accumulator.Held)
            {
                PushConstantVector(type, accumulator.Size, LoopIdentities.Of(accumulator.Reduction.Op, type));
                il.Emit(OpCodes.Stloc, held);
            }
        }
    }

    private void DropAccumulators(List<Accumulator> accumulators)
    {
        foreach (Accumulator accumulator in accumulators)
        {
            for (int i = 0; i < accumulator.Held.Length; i++)
            {
                PushFrame(accumulator.Place + (i * Vectors.Bytes));
                il.Emit(OpCodes.Ldloc, accumulator.Held[i]);
                PushVectorStore(accumulator.Lane);
            }

            accumulator.Held = [];
        }
    }

    /// <summary>Joins the elements of a step, or of one of those that the main loop repeats.</summary>
    private void JoinElements(List<Accumulator> accumulators, LocalBuilder index, int repeat)
    {
        foreach (Accumulator accumulator in accumulators)
        {
            for (int part = 0; part < lanes!.Parts(accumulator.Size); part++)
            {
                if (accumulator.Held.Length > 0)
                {
                    LocalBuilder held = accumulator.Held[((repeat * lanes.Parts(accumulator.Size)) + part) % accumulator.Held.Length];
                    il.Emit(OpCodes.Ldloc, held);
                    PushElement(accumulator, part);
                    Join(accumulator.Reduction.Op, accumulator.Reduction.Element.Type, accumulator.Lane, Vectors, 2);
                    il.Emit(OpCodes.Stloc, held);
                }
                else
                {
                    JoinInFrame(accumulator, index, part);
                }
            }
        }
    }

    private void JoinInFrame(Accumulator accumulator, LocalBuilder index, int part)
    {
        LocalBuilder address = il.DeclareLocal(typeof(nint));
        PushFrame(accumulator.Place);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I8, (long)accumulator.Size);
        il.Emit(OpCodes.Mul);
        PushOffset((long)part * Vectors.Bytes);
        il.Emit(OpCodes.Ldc_I8, PartialBytes - 1L);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, address);
        il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Ldloc, address);
        PushVectorLoad(accumulator.Lane);
        PushElement(accumulator, part);
        Join(accumulator.Reduction.Op, accumulator.Reduction.Element.Type, accumulator.Lane, Vectors, 2);
        PushVectorStore(accumulator.Lane);
    }

    /// <summary>The elements of a part; what changes nothing in lanes that do not count.</summary>
    private void PushElement(Accumulator accumulator, int part)
    {
        LoopValue element = accumulator.Reduction.Element;
        if (lanes!.Active is null)
        {
            PushPart(element, accumulator.Size, part);
            return;
        }

        Type vector = Vectors.Of(accumulator.Lane);
        PushMask(accumulator.Size, part, accumulator.Lane);
        PushPart(element, accumulator.Size, part);
        PushConstantVector(element.Type, accumulator.Size, LoopIdentities.Of(accumulator.Reduction.Op, element.Type));
        Call(Vectors.Method("ConditionalSelect", accumulator.Lane, vector, vector, vector));
    }

    private void FinishReductions(ForItem loop, List<Accumulator> accumulators)
    {
        foreach (Accumulator accumulator in accumulators)
        {
            FinishReduction(accumulator);
            StoreNumber(accumulator.Reduction.Result);
            CorrectEmptySum(loop, accumulator.Reduction);
            Settle(accumulator.Reduction.Result);
        }
    }

    /// <summary>A sum of nothing is 0, though its partial results begin with −0.</summary>
    private void CorrectEmptySum(ForItem loop, LoopReduction reduction)
    {
        if (reduction.Op != LoopOp.Add || !reduction.Element.Type.IsFloating())
        {
            return;
        }

        Label some = il.DefineLabel();
        PushNumber(loop.Count);
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Bgt, some);
        PushConstant(reduction.Element.Type, Scalar.Zero(reduction.Element.Type));
        StoreNumber(reduction.Result);
        il.MarkLabel(some);
    }

    /// <summary>Joins halves until 16 bytes are left, and those as numbers.</summary>
    private void FinishReduction(Accumulator accumulator)
    {
        LocalBuilder?[] held = accumulator.Known ?? LoadPartials(accumulator);
        for (int half = held.Length / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                held[i] = JoinPartials(accumulator, held[i], held[i + half]);
            }
        }

        LocalBuilder whole = held[0]!;
        for (int i = 1; i < target.Tables.Count; i++)
        {
            whole = JoinHalves(whole, accumulator, target.Tables[i - 1], target.Tables[i]);
        }

        PushFrame(accumulator.Place);
        il.Emit(OpCodes.Ldloc, whole);
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, target.Tables[^1].Of(accumulator.Lane));
        JoinNumbers(accumulator);
    }

    private LocalBuilder[] LoadPartials(Accumulator accumulator)
    {
        LocalBuilder[] held = Declare(Vectors.Of(accumulator.Lane), PartialBytes / Vectors.Bytes);
        for (int i = 0; i < held.Length; i++)
        {
            PushFrame(accumulator.Place + (i * Vectors.Bytes));
            PushVectorLoad(accumulator.Lane);
            il.Emit(OpCodes.Stloc, held[i]);
        }

        return held;
    }

    /// <summary>Two partial results as one; those that no element came to change nothing.</summary>
    private LocalBuilder? JoinPartials(Accumulator accumulator, LocalBuilder? left, LocalBuilder? right)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldloc, right);
        Join(accumulator.Reduction.Op, accumulator.Reduction.Element.Type, accumulator.Lane, Vectors, 2);
        il.Emit(OpCodes.Stloc, left);
        return left;
    }

    private LocalBuilder JoinHalves(LocalBuilder whole, Accumulator accumulator, VectorTable wide, VectorTable narrow)
    {
        LocalBuilder half = il.DeclareLocal(narrow.Of(accumulator.Lane));
        il.Emit(OpCodes.Ldloc, whole);
        Call(wide.Method("GetLower", accumulator.Lane, wide.Of(accumulator.Lane)));
        il.Emit(OpCodes.Ldloc, whole);
        Call(wide.Method("GetUpper", accumulator.Lane, wide.Of(accumulator.Lane)));
        Join(accumulator.Reduction.Op, accumulator.Reduction.Element.Type, accumulator.Lane, narrow, 2);
        il.Emit(OpCodes.Stloc, half);
        return half;
    }

    /// <summary>The first 16 bytes of partial results as one number: of four, the first with the third, the second with the fourth.</summary>
    private void JoinNumbers(Accumulator accumulator)
    {
        LoopReduction reduction = accumulator.Reduction;
        DType type = reduction.Element.Type;
        int count = 16 / accumulator.Size;
        PushPartial(0);
        PushPartial(count / 2);
        JoinPair();
        if (count == 4)
        {
            PushPartial(1);
            PushPartial(3);
            JoinPair();
            JoinPair();
        }

        void PushPartial(int place)
        {
            PushFrame(accumulator.Place + (place * accumulator.Size));
            LoadStored(type == DType.Bool ? DType.I32 : type);
            if (type == DType.Bool)
            {
                il.Emit(OpCodes.Neg);
            }
        }

        void JoinPair() => WriteJoin(reduction.Op, type);
    }

    /// <summary>Joins two numbers on the stack.</summary>
    private void WriteJoin(LoopOp op, DType type)
    {
        switch (op)
        {
            case LoopOp.Add: il.Emit(OpCodes.Add); break;
            case LoopOp.Multiply: il.Emit(OpCodes.Mul); break;
            case LoopOp.And: il.Emit(OpCodes.And); break;
            case LoopOp.Or: il.Emit(OpCodes.Or); break;
            case LoopOp.Xor: il.Emit(OpCodes.Xor); break;
            case LoopOp.Minimum when type == DType.Bool: il.Emit(OpCodes.And); break;
            case LoopOp.Maximum when type == DType.Bool: il.Emit(OpCodes.Or); break;
            default: WriteMath(op, type); break;
        }
    }

    /// <summary>Partial results of a reduction.</summary>
    /// <param name="Reduction">Which.</param>
    /// <param name="Size">Bytes of an element.</param>
    /// <param name="Lane">Its type in vectors.</param>
    /// <param name="Place">Where they lie in the frame.</param>
    private sealed record Accumulator(LoopReduction Reduction, int Size, Type Lane, int Place)
    {
        /// <summary>Partial results of a loop of few lanes, null where no element has come; otherwise null.</summary>
        internal LocalBuilder?[]? Known { get; set; }

        /// <summary>The registers that they are in, in the main loop.</summary>
        internal LocalBuilder[] Held { get; set; } = [];
    }
}
