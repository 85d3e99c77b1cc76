using System.Collections.Immutable;
using System.Reflection;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Something in a block: an instruction with a value, a store, a loop, a branch.</summary>
public abstract class LoopItem
{
    private protected LoopItem()
    {
    }

    /// <summary>The item, with what is in it, as in printed programs.</summary>
    public override string ToString() => LoopText.Of(this);
}

/// <summary>A number in a program, given once: an instruction, or a parameter of a loop. Made by <see cref="LoopBuilder"/>; compared by reference.</summary>
public sealed class LoopValue : LoopItem
{
    internal LoopValue(LoopBuilder builder, int id, LoopBlock home, LoopOp op, DType type, ImmutableArray<LoopValue> operands)
    {
        Builder = builder;
        Id = id;
        Home = home;
        Op = op;
        Type = type;
        Operands = operands;
    }

    /// <summary>What it computes.</summary>
    public LoopOp Op { get; }

    /// <summary>bool, i32, u32, i64, u64, f32 or f64.</summary>
    public DType Type { get; }

    /// <summary>What it is computed from.</summary>
    public ImmutableArray<LoopValue> Operands { get; }

    /// <summary>A number of its own in its program, in the order of making.</summary>
    public int Id { get; }

    /// <summary>The block that it stands in, or whose parameter it is.</summary>
    public LoopBlock Home { get; }

    /// <summary>The number of a <see cref="LoopOp.Constant"/>.</summary>
    public Scalar Constant { get; internal init; }

    /// <summary>The buffer of a <see cref="LoopOp.Load"/>.</summary>
    public LoopBuffer? Buffer { get; internal init; }

    /// <summary>The dtype of a <see cref="LoopOp.ThroughStorage"/>.</summary>
    public DType Storage { get; internal init; }

    /// <summary>The function of a <see cref="LoopOp.Function"/>.</summary>
    public LoopFunction? Function { get; internal init; }

    /// <summary>The static method of a <see cref="LoopOp.Call"/>, of numbers of its operands' types.</summary>
    public MethodInfo? Method { get; internal init; }

    /// <summary>The least that an i64 can be, as far as is known.</summary>
    public long Least { get; internal init; } = long.MinValue;

    /// <summary>The most that an i64 can be, as far as is known.</summary>
    public long Most { get; internal init; } = long.MaxValue;

    /// <summary>Whether it is a number that is known.</summary>
    public bool IsConstant => Op == LoopOp.Constant;

    /// <summary>Who made it.</summary>
    internal LoopBuilder Builder { get; }

    /// <summary>x + y.</summary>
    public static LoopValue operator +(LoopValue x, LoopValue y) => x.Builder.Add(x, y);

    /// <summary>x − y.</summary>
    public static LoopValue operator -(LoopValue x, LoopValue y) => x.Builder.Subtract(x, y);

    /// <summary>x · y.</summary>
    public static LoopValue operator *(LoopValue x, LoopValue y) => x.Builder.Multiply(x, y);

    /// <summary>x / y.</summary>
    public static LoopValue operator /(LoopValue x, LoopValue y) => x.Builder.Divide(x, y);

    /// <summary>The remainder of integers, y ≠ 0.</summary>
    public static LoopValue operator %(LoopValue x, LoopValue y) => x.Builder.Remainder(x, y);

    /// <summary>−x.</summary>
    public static LoopValue operator -(LoopValue x) => x.Builder.Negate(x);

    /// <summary>The name in printed programs.</summary>
    public override string ToString() => IsConstant ? Constant.ToString() : $"v{Id}";
}

/// <summary>Items in order. Blocks nest: a loop's body lies in the block that the loop stands in.</summary>
public sealed class LoopBlock
{
    private readonly List<LoopItem> items = [];

    internal LoopBlock(LoopBlock? parent, bool mayNotRun, bool isCondition = false)
    {
        Parent = parent;
        MayNotRun = mayNotRun;
        IsCondition = isCondition;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    /// <summary>The block around it.</summary>
    public LoopBlock? Parent { get; }

    /// <summary>How many blocks lie around it.</summary>
    public int Depth { get; }

    /// <summary>What happens, in order.</summary>
    public IReadOnlyList<LoopItem> Items => items;

    /// <summary>The items, as in printed programs.</summary>
    public override string ToString() => string.Concat(items.Select(item => item is LoopValue value ? LoopText.Of(value) : item.ToString()));

    /// <summary>Whether it belongs to a branch, so that nothing but constants moves out of it.</summary>
    internal bool MayNotRun { get; }

    /// <summary>Whether it is the body of a loop over lanes.</summary>
    internal bool IsOfLanes { get; init; }

    /// <summary>Whether it computes the test of a while: what depends on the carried values alone stays in the body that asked for it.</summary>
    internal bool IsCondition { get; }

    /// <summary>Equal instructions are made once.</summary>
    internal Dictionary<LoopKey, LoopValue> Known { get; } = [];

    internal void Append(LoopItem item) => items.Add(item);
}

/// <summary>What makes two instructions equal.</summary>
internal readonly record struct LoopKey(LoopOp Op, DType Type, int X, int Y, int Z, object? Attribute, Scalar Constant);
