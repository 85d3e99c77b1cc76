using System.Collections.Frozen;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>The functions of numbers that are written in the loop language, each for f32 and f64.</summary>
internal static class LoopFunctions
{
    private static readonly FrozenDictionary<(string Name, DType Type), LoopFunction> Table = Unary()
        .Concat(Binary())
        .ToFrozenDictionary(function => (function.Name, function.Type));

    /// <summary>All functions, by name and type.</summary>
    internal static IEnumerable<LoopFunction> All => Table.Values.OrderBy(function => function.Name, StringComparer.Ordinal).ThenBy(function => function.Type);

    /// <summary>The function of a primitive's name for a type, or null.</summary>
    internal static LoopFunction? Find(string name, DType type) => Table.GetValueOrDefault((name, type));

    /// <summary>The function of a primitive's name for f32 or f64.</summary>
    internal static LoopFunction Get(string name, DType type) =>
        Find(name, type) ?? throw new DTypeException($"{name}: there is no such function of {type.Name()}.");

    private static IEnumerable<LoopFunction> Unary() =>
    [
        .. Both("exp", Exponentials.Exp),
        .. Both("expm1", Exponentials.Expm1),
        .. Both("logistic", Exponentials.Logistic),
        .. Both("sinh", Exponentials.Sinh),
        .. Both("cosh", Exponentials.Cosh),
        .. Both("tanh", Exponentials.Tanh),
        .. Both("log", Logarithms.Log),
        .. Both("log1p", Logarithms.Log1p),
        .. Both("asinh", Logarithms.Asinh),
        .. Both("acosh", Logarithms.Acosh),
        .. Both("atanh", Logarithms.Atanh),
        .. Both("sin", Trigonometric.Sin),
        .. Both("cos", Trigonometric.Cos),
        .. Both("tan", Trigonometric.Tan),
        .. Both("asin", InverseTrigonometric.Asin),
        .. Both("acos", InverseTrigonometric.Acos),
        .. Both("atan", InverseTrigonometric.Atan),
        .. Both("erf", ErrorFunctions.Erf),
        .. Both("erfc", ErrorFunctions.Erfc),
        .. Both("sqrt", Elementary.Sqrt),
        .. Both("rsqrt", Elementary.Rsqrt),
        .. Both("cbrt", Powers.Cbrt),
        .. Both("sign", Elementary.Sign),
        .. Both("erf_inv", ErrorFunctions.ErfInv),
        .. Both("lgamma", Gamma.Lgamma),
        .. Both("digamma", Gamma.Digamma),
    ];

    private static IEnumerable<LoopFunction> Binary() =>
    [
        .. Both("pow", Powers.Pow),
        .. Both("atan2", InverseTrigonometric.Atan2),
        .. Both("rem", Elementary.Rem),
    ];

    private static IEnumerable<LoopFunction> Both(string name, Func<RealBuilder, LoopValue, LoopValue> define) => Types.Select(type =>
        new LoopFunction(name, type, 1, (builder, operands) => define(new RealBuilder(builder, type), operands[0])));

    private static IEnumerable<LoopFunction> Both(string name, Func<RealBuilder, LoopValue, LoopValue, LoopValue> define) => Types.Select(type =>
        new LoopFunction(name, type, 2, (builder, operands) => define(new RealBuilder(builder, type), operands[0], operands[1])));

    private static DType[] Types => [DType.F32, DType.F64];
}
