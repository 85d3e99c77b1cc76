using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Loops and branches.</summary>
public sealed partial class LoopBuilder
{
    /// <summary>The longest reduction of known length that is written out.</summary>
    private const int Unrolled = 8;

    /// <summary>Runs a body for each index below a count, in lanes. Not inside lanes.</summary>
    public void Lanes(LoopValue count, Action<LoopValue> body) => Reduce(count, [], index =>
    {
        body(index);
        return [];
    });

    /// <summary>Runs a body for each index below a count, one after another, and carries values along.</summary>
    public ImmutableArray<LoopValue> Serial(
        LoopValue count, ImmutableArray<LoopValue> initial, Func<LoopValue, ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> body)
    {
        if (count.Most <= 0)
        {
            return initial;
        }

        if (count.IsConstant && count.Most == 1)
        {
            return body(Index(0), initial);
        }

        LoopBlock outer = Current;
        var block = new LoopBlock(outer, mayNotRun: false);
        LoopValue index = NewParameter(block, DType.I64, 0, Math.Max(count.Most - 1, 0));
        ImmutableArray<LoopValue> parameters = [.. initial.Select(value => NewParameter(block, value.Type))];
        ImmutableArray<LoopValue> next = [];
        Within(block, () => next = body(index, parameters));
        ImmutableArray<LoopValue> results = [.. initial.Select(value => NewParameter(outer, value.Type))];
        outer.Append(new ForItem
        {
            Form = LoopForm.Serial,
            Count = count,
            Index = index,
            Body = block,
            Carries = [.. initial.Select((value, i) => new LoopCarry(parameters[i], value, next[i], results[i]))],
            Reductions = [],
        });
        return results;
    }

    /// <summary>Builds something before the loops around that it does not depend on, but never out of branches.</summary>
    /// <param name="operands">What it reads.</param>
    /// <param name="body">What is built; it has no effect and cannot fail.</param>
    internal LoopValue Outside(ImmutableArray<LoopValue> operands, Func<LoopValue> body)
    {
        int deepest = operands.Select(operand => operand.Home.Depth).DefaultIfEmpty(0).Max();
        LoopBlock home = Current;
        int before = lanes;
        while (home.Depth > deepest && !home.MayNotRun && home.Parent is { IsCondition: false } around)
        {
            lanes -= home.IsOfLanes ? 1 : 0;
            home = around;
        }

        LoopValue built = null!;
        Within(home, () => built = body());
        lanes = before;
        return built;
    }

    /// <summary>Runs a body for each index below a count in lanes, and joins its elements in the order of <see cref="LoopReduction"/>. Not inside lanes.</summary>
    public ImmutableArray<LoopValue> Reduce(
        LoopValue count, ImmutableArray<LoopOp> ops, Func<LoopValue, ImmutableArray<LoopValue>> body)
    {
        if (IsInLanes)
        {
            throw new InvalidOperationException("A loop over lanes stands in no other.");
        }

        if (count.Most <= 0 && ops.IsEmpty)
        {
            return [];
        }

        LoopBlock outer = Current;
        var block = new LoopBlock(outer, mayNotRun: false) { IsOfLanes = true };
        LoopValue index = NewParameter(block, DType.I64, 0, Math.Max(count.Most - 1, 0));
        ImmutableArray<LoopValue> elements = [];
        lanes++;
        try
        {
            Within(block, () => elements = body(index));
        }
        finally
        {
            lanes--;
        }

        ImmutableArray<LoopReduction> reductions =
            [.. elements.Select((element, i) => new LoopReduction(ops[i], element, NewParameter(outer, element.Type)))];
        outer.Append(new ForItem { Form = LoopForm.Lanes, Count = count, Index = index, Body = block, Carries = [], Reductions = reductions });
        return [.. reductions.Select(reduction => reduction.Result)];
    }

    /// <summary>Joins an element for each index below a count: written out where few, over lanes where possible, otherwise one after another.</summary>
    /// <remarks>Written out, the order is that of <see cref="LoopReduction"/>; one after another, it is from the first on.</remarks>
    public LoopValue Join(LoopValue count, LoopOp op, DType type, Func<LoopValue, LoopValue> element)
    {
        if (count.IsConstant && count.Constant.AsLong <= Unrolled)
        {
            return JoinAll(op, type, [.. Enumerable.Range(0, (int)count.Constant.AsLong).Select(i => element(Index(i)))]);
        }

        return IsInLanes
            ? Serial(count, [Identity(op, type)], (index, carried) => [Combine(op, carried[0], element(index))])[0]
            : Reduce(count, [op], index => [element(index)])[0];
    }

    /// <summary>Joins elements in the order of <see cref="LoopReduction"/>; a sum of nothing is 0.</summary>
    public LoopValue JoinAll(LoopOp op, DType type, ImmutableArray<LoopValue> elements)
    {
        if (elements.IsEmpty)
        {
            return op == LoopOp.Add ? Constant(Scalar.Zero(type)) : Identity(op, type);
        }

        LoopValue[] partial = [.. elements];
        int count = partial.Length;
        while (count > 1)
        {
            int half = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) / 2;
            for (int i = 0; i + half < count; i++)
            {
                partial[i] = Combine(op, partial[i], partial[i + half]);
            }

            count = half;
        }

        return partial[0];
    }

    /// <summary>x joined with y by an operation of reductions.</summary>
    public LoopValue Combine(LoopOp op, LoopValue x, LoopValue y) => op switch
    {
        LoopOp.Add => Add(x, y),
        LoopOp.Multiply => Multiply(x, y),
        LoopOp.Minimum => Minimum(x, y),
        LoopOp.Maximum => Maximum(x, y),
        LoopOp.And => And(x, y),
        LoopOp.Or => Or(x, y),
        LoopOp.Xor => Xor(x, y),
        _ => throw new InvalidOperationException($"{op} joins nothing."),
    };

    /// <summary>What changes nothing when it is joined: −0 for sums of floating numbers.</summary>
    public LoopValue Identity(LoopOp op, DType type) => Constant(LoopIdentities.Of(op, type));

    /// <summary>Runs a body while a condition holds, and carries values along. Not inside lanes.</summary>
    public ImmutableArray<LoopValue> While(
        ImmutableArray<LoopValue> initial,
        Func<ImmutableArray<LoopValue>, LoopValue> condition,
        Func<ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> body)
    {
        LoopBlock outer = Current;
        var test = new LoopBlock(outer, mayNotRun: false, isCondition: true);
        var block = new LoopBlock(test, mayNotRun: false);
        ImmutableArray<LoopValue> parameters = [.. initial.Select(value => NewParameter(test, value.Type))];
        LoopValue? holds = null;
        ImmutableArray<LoopValue> next = [];
        Within(test, () => holds = condition(parameters));
        Within(block, () => next = body(parameters));
        ImmutableArray<LoopValue> results = [.. initial.Select(value => NewParameter(outer, value.Type))];
        outer.Append(new WhileItem
        {
            Carries = [.. initial.Select((value, i) => new LoopCarry(parameters[i], value, next[i], results[i]))],
            Condition = test,
            Test = holds!,
            Body = block,
        });
        return results;
    }

    /// <summary>Runs one of two blocks, by a test that is the same for all lanes.</summary>
    public ImmutableArray<LoopValue> If(LoopValue test, Func<ImmutableArray<LoopValue>> then, Func<ImmutableArray<LoopValue>> otherwise)
    {
        if (test.IsConstant)
        {
            return test.Constant.AsLong != 0 ? then() : otherwise();
        }

        LoopBlock outer = Current;
        var thenBlock = new LoopBlock(outer, mayNotRun: true);
        var elseBlock = new LoopBlock(outer, mayNotRun: true);
        ImmutableArray<LoopValue> yes = [];
        ImmutableArray<LoopValue> no = [];
        Within(thenBlock, () => yes = then());
        Within(elseBlock, () => no = otherwise());
        ImmutableArray<LoopChoice> choices = [.. yes.Select((value, i) => new LoopChoice(NewParameter(outer, value.Type), value, no[i]))];
        outer.Append(new IfItem { Test = test, Then = thenBlock, Else = elseBlock, Choices = choices });
        return [.. choices.Select(choice => choice.Result)];
    }

    /// <summary>What a block gives where a test holds in a lane, and common values where it does not; the block is skipped when no lane needs it.</summary>
    public ImmutableArray<LoopValue> Rare(LoopValue test, ImmutableArray<LoopValue> common, Func<ImmutableArray<LoopValue>> rare)
    {
        if (test.IsConstant)
        {
            return test.Constant.AsLong != 0 ? rare() : common;
        }

        LoopBlock outer = Current;
        var block = new LoopBlock(outer, mayNotRun: true);
        ImmutableArray<LoopValue> values = [];
        Within(block, () => values = rare());
        ImmutableArray<LoopChoice> choices = [.. values.Select((value, i) => new LoopChoice(NewParameter(outer, value.Type), value, common[i]))];
        outer.Append(new RareItem { Test = test, Block = block, Choices = choices });
        return [.. choices.Select(choice => choice.Result)];
    }
}
