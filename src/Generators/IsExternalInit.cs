namespace System.Runtime.CompilerServices;

/// <summary>The compiler asks for this type to compile records; the target framework lacks it.</summary>
internal static class IsExternalInit;
