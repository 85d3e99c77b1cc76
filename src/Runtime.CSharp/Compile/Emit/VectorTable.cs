using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Compile.Emit;

/// <summary>The types and methods of vectors of one width, found by name.</summary>
internal sealed class VectorTable
{
    private readonly Type generic;
    private readonly ILookup<string, MethodInfo> methods;
    private readonly ConcurrentDictionary<Type, Type> types = [];
    private readonly ConcurrentDictionary<(string Name, Type Element, Type X, Type? Y, Type? Z), MethodInfo?> found = [];
    private readonly ConcurrentDictionary<(string Name, Type Element), MethodInfo?> others = [];

    internal VectorTable(int bytes)
    {
        Bytes = bytes;
        (generic, Type statics, Type small) = bytes switch
        {
            64 => (typeof(Vector512<>), typeof(Vector512), typeof(SmallLanes512)),
            32 => (typeof(Vector256<>), typeof(Vector256), typeof(SmallLanes256)),
            _ => (typeof(Vector128<>), typeof(Vector128), typeof(SmallLanes128)),
        };
        methods = statics.GetMethods().Concat(small.GetMethods(BindingFlags.NonPublic | BindingFlags.Static)).ToLookup(method => method.Name);
    }

    /// <summary>Bytes of a vector.</summary>
    internal int Bytes { get; }

    /// <summary>The type of vectors of an element.</summary>
    internal Type Of(Type element) => types.GetOrAdd(element, static (key, self) => self.generic.MakeGenericType(key), this);

    /// <summary>A static method for these operands; an operation of vectors where none are given.</summary>
    internal MethodInfo Method(string name, Type element, params ReadOnlySpan<Type> operands) =>
        TryMethod(name, element, operands) ?? throw new InvalidOperationException($"No method {name} of vectors of {element.Name}.");

    /// <summary>The vector of zeros.</summary>
    internal MethodInfo Zero(Type element) =>
        others.GetOrAdd(("Zero", element), static (key, self) => self.Of(key.Element).GetProperty(key.Name)!.GetMethod, this)!;

    /// <summary>Makes a vector of a number for each lane.</summary>
    internal MethodInfo CreateOfAll(Type element) =>
        others.GetOrAdd(("Create", element), static (key, self) => self.FindCreateOfAll(key.Element), this)!;

    private MethodInfo FindCreateOfAll(Type element)
    {
        int count = Bytes / (element == typeof(int) ? sizeof(int) : sizeof(long));
        return methods["Create"].First(method =>
            method.GetParameters().Length == count && method.GetParameters().All(parameter => parameter.ParameterType == element));
    }

    /// <summary>Reads lanes where a mask holds, or null: (address, mask), or with a third operand for other lanes.</summary>
    internal MethodInfo? MaskedLoad(Type element) => others.GetOrAdd(
        ("MaskLoad", element), static (key, self) => self.Masked(key.Name, key.Element, [self.Of(key.Element), self.Of(key.Element)], [self.Of(key.Element)]), this);

    /// <summary>Writes lanes where a mask holds, or null: (address, mask, vector).</summary>
    internal MethodInfo? MaskedStore(Type element) => others.GetOrAdd(
        ("MaskStore", element),
        static (key, self) => self.Masked(key.Name, key.Element, [self.Of(key.Element), self.Of(key.Element)], [self.Of(key.Element), self.Of(key.Element)]),
        this);

    /// <summary>Shifts lanes by counts of their own, or null.</summary>
    internal MethodInfo? VariableShift(string name, Type element)
    {
        Type counts = element == typeof(int) || element == typeof(uint) ? typeof(uint) : typeof(ulong);
        Type? holder = Bytes == 64 ? (Avx512F.IsSupported ? typeof(Avx512F) : null)
            : name != "ShiftRightArithmeticVariable" || element == typeof(int) ? (Avx2.IsSupported ? typeof(Avx2) : null)
            : Avx512F.VL.IsSupported ? typeof(Avx512F.VL) : null;
        return holder?.GetMethod(name, [Of(element), Of(counts)]);
    }

    private MethodInfo? Masked(string name, Type element, Type[] three, Type[] two)
    {
        Type pointer = element.MakePointerType();
        Type? newer = Bytes == 64 ? (Avx512F.IsSupported ? typeof(Avx512F) : null) : Avx512F.VL.IsSupported ? typeof(Avx512F.VL) : null;
        return newer is not null ? newer.GetMethod(name, [pointer, .. three])
            : Avx2.IsSupported && Bytes < 64
                ? typeof(Avx2).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly, [pointer, .. two])
                    ?? typeof(Avx).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly, [pointer, .. two])
            : null;
    }

    private MethodInfo? TryMethod(string name, Type element, ReadOnlySpan<Type> operands)
    {
        Type first = operands.Length > 0 ? operands[0] : Of(element);
        (string, Type, Type, Type?, Type?) key = (name, element, first, At(operands, 1), At(operands, 2));
        return found.GetOrAdd(key, static (k, self) => self.Find(k.Name, k.Element, [.. new[] { k.X, k.Y, k.Z }.OfType<Type>()]), this);
    }

    private static Type? At(ReadOnlySpan<Type> types, int place) => place < types.Length ? types[place] : null;

    private MethodInfo? Find(string name, Type element, Type[] operands)
    {
        if (name.StartsWith("op_", StringComparison.Ordinal))
        {
            return Of(element).GetMethod(name, operands);
        }

        foreach (MethodInfo candidate in methods[name])
        {
            if (candidate.GetParameters().Length == operands.Length && candidate.GetGenericArguments().Length <= 1)
            {
                MethodInfo method = candidate.IsGenericMethodDefinition ? candidate.MakeGenericMethod(element) : candidate;
                if (method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(operands))
                {
                    return method;
                }
            }
        }

        return null;
    }
}
