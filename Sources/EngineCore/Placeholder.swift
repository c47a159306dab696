// EngineCore
